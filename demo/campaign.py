"""The campaign: three creators get an offer; one accepts and publishes, one declines, one does not respond.

Every step goes through the public API with the caller's own token. `play` returns the outcome with every checked figure; all of
them are read from the API.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import uuid4

from microtask import InsufficientFunds, Unavailable
from microtask.types import Account, Entry, MarketRegion, Money, Order, Proof, Report, SandboxPost, Task

from chalicelib.core import ids
from chalicelib.core.money import Money as Amount
from chalicelib.core.regions.currencies import per_unit
from chalicelib.core.regions.region import named
from demo.reader import led_to
from demo.stack import Stack, User

TOPUPS = 4
"""The top-up of the campaign, in least top-ups of the market."""
COMMISSION_BPS = 3_000
TASK_URL = "https://tea.example/autumn"
END_STATES = {"declined", "lapsed", "completed", "failed", "cancelled", "stopped"}

Say = Callable[[str, str], None]


@dataclass(frozen=True)
class Wording:
    """The texts of the campaign in one language."""

    company: str
    licence_no: str
    contact: str
    phone: str
    title: str
    text: str
    no_money: str
    away: str


WORDINGS = {
    "zh": Wording(
        company="清风茶业有限公司",
        licence_no="91310000MA1K4XYZ0A",
        contact="王敏",
        phone="+86 21 5555 0100",
        title="秋茶上市",
        text="今年的秋茶到了，欢迎来店里品尝。",
        no_money="还没有充值",
        away="出差",
    ),
    "en": Wording(
        company="Fresh Wind Tea Company",
        licence_no="12-3456789",
        contact="Min Wang",
        phone="+1 212 555 0100",
        title="Autumn tea",
        text="This autumn's tea has arrived. Come to the shop and taste it.",
        no_money="No money yet",
        away="travelling",
    ),
}


@dataclass
class Cast:
    """The users of the campaign."""

    advertiser: User
    creators: list[User]
    auditor: User
    finance: User
    admin: User
    market: MarketRegion
    wording: Wording

    @property
    def topup(self) -> int:
        return TOPUPS * self.market["topup_min"]["amount"]

    @property
    def withdrawal(self) -> int:
        return self.market["withdrawal_min"]["amount"]

    def money(self, amount: int) -> Money:
        """Return an amount in minor units of the market's currency."""
        return {"amount": amount, "currency": self.market["currency"]}

    def shown(self, amount: int) -> str:
        """Return minor units as units with the decimals of the currency."""
        return shown(self.money(amount))

    def of_yuan(self, yuan: int) -> int:
        """Return about so many yuan in minor units of the market's currency, as its advised prices are converted."""
        unit = per_unit(self.market["currency"])
        return yuan * named(self.market["region"]).advice_ppm * unit // 1_000_000


@dataclass
class Outcome:
    """The result of the campaign: its users, the final documents of the API, and the checks, each with its verdict."""

    cast: Cast | None = None
    task: Task | None = None
    orders: list[Order] = field(default_factory=list)
    statements: dict[str, list[Entry]] = field(default_factory=dict)
    proof: Proof | None = None
    report: Report | None = None
    report_url: str = ""
    commission: int = 0
    checks: list[tuple[str, bool]] = field(default_factory=list)

    def check(self, label: str, found: object, expected: object) -> None:
        holds = found == expected
        self.checks.append((f"{label}: {found}" + ("" if holds else f", expected {expected}"), holds))

    @property
    def good(self) -> bool:
        return bool(self.checks) and all(holds for _, holds in self.checks)


@dataclass(frozen=True)
class Timing:
    """Hours of the stage's clock from the creation of the task to each of its moments, and of the retention (rule 7)."""

    accept_by: float = 12
    start: float = 12
    end: float = 36
    retention: float = 24


def shown(money: Money) -> str:
    """Return money in units with the decimals of its currency."""
    return Amount(money["amount"], money["currency"]).grouped


def cny(amount: int) -> Money:
    return {"amount": amount, "currency": "CNY"}


def cast(stack: Stack) -> Cast:
    """Create users in Cognito, named after this run, so that a demo can be played again on the same data."""
    run = uuid4().hex[:6]
    market = stack.market()
    return Cast(
        advertiser=stack.user(f"teahouse-{run}", "advertiser"),
        creators=[stack.user(f"{name}-{run}", "creator") for name in ("an", "bo", "chen")],
        auditor=stack.user(f"auditor-{run}", "auditor"),
        finance=stack.user(f"finance-{run}", "finance"),
        admin=stack.user(f"admin-{run}", "admin"),
        market=market,
        wording=WORDINGS["zh" if "zh" in market["languages"] else "en"],
    )


def now(user: User) -> datetime:
    """Return the time of the stage, whose clock may be ahead of this machine's."""
    return datetime.fromisoformat(user.sandbox.read_clock()["now"])


def certify(cast: Cast, say: Say) -> str:
    """Register and certify the advertiser, and return its id."""
    advertiser = cast.advertiser.advertisers.register(
        name=cast.wording.company,
        licence_no=cast.wording.licence_no,
        contact={"name": cast.wording.contact, "phone": cast.wording.phone, "email": "wang@tea.example"},
    )
    cast.auditor.advertisers.certify(advertiser["id"], decision="approved", revision=advertiser["revision"])
    status = cast.advertiser.advertisers.me()["certification"]["status"]
    say("certify", f"{advertiser['name']} registered, the auditor decided: {status}")
    return advertiser["id"]


def top_up(cast: Cast, say: Say) -> None:
    """Top up. The provider's notification arrives three times and is credited once."""
    topup = cast.advertiser.wallet.top_up(amount=cast.money(cast.topup))
    paid = cast.advertiser.sandbox.pay(topup["id"])
    provider, notification = User(cast.advertiser.url).transport, paid["notification"]
    for _ in range(2):
        path = "/v1/payments/sandbox/notifications"
        provider.send("POST", path, body=notification["body"].encode(), headers=notification["headers"])
    available = cast.advertiser.wallet.read()["available"]["amount"]
    say(
        "top-up",
        f"{cast.shown(cast.topup)} paid, the notification came 3 times, credited once: {cast.shown(available)} available",
    )


def choose(cast: Cast, say: Say) -> list[Account]:
    """Bind a graded account for each creator, prove its ownership, admit it, and return the accounts, cheapest first."""
    listed = cast.advertiser.accounts.search(
        kind="repost", price_min=cast.of_yuan(200), price_max=cast.of_yuan(2_000), sort="-value", limit=100
    )
    found = list(islice((account for account in listed if account["status"] == "unclaimed"), len(cast.creators)))
    if len(found) < len(cast.creators):
        raise RuntimeError(
            "too few unclaimed accounts are left: import more, or start again with `make down clean demo`"
        )
    chosen = []
    for creator, account in zip(cast.creators, found, strict=False):
        price = account["effective_prices"]["repost"]
        assert price is not None, "found by its price"
        bound = creator.accounts.bind(
            network=account["network"],
            handle=account["handle"],
            category=account["category"] or "生活",
            prices={"repost": price},
        )
        code = creator.accounts.ownership_code(bound["id"])["code"]
        creator.sandbox.describe_account(bound["id"], description=f"微任务 {code}")
        proved = creator.accounts.check_ownership(bound["id"])
        if proved["status"] == "pending":
            cast.auditor.accounts.admit(bound["id"], decision="approved", revision=proved["revision"])
        card = cast.advertiser.accounts.read(bound["id"])
        metrics, advised = card["metrics"], card["advised_price"] and card["advised_price"]["repost"]
        assert metrics is not None, "imported with its figures"
        assert advised is not None, "and graded"
        say(
            "account",
            f"{creator.name.partition('-')[0]:5} {card['handle'][:14]:14} {card['grade']:10} "
            f"{metrics['followers']:>11,} followers   asks {cast.shown(card['prices']['repost']['amount']):>9}   "
            f"advised {cast.shown(advised['low']['amount'])} / {cast.shown(advised['mid']['amount'])} / {cast.shown(advised['high']['amount'])}",
        )
        chosen.append(card)
    return sorted(chosen, key=lambda card: int(card["prices"]["repost"]["amount"]))


def explain(cast: Cast, account: Account, outcome: Outcome, say: Say) -> None:
    """Print the factors of one account's grade; the contributions must sum to its score."""
    grade = cast.advertiser.grades.read(account["id"])
    for factor in grade["factors"]:
        value = "no evidence" if factor["value"] is None else f"{factor['value']:,.2f}"
        say(
            "grade",
            f"  {factor['name']:22} {value:>14}   weight {factor['weight']:>6}   adds {factor['contribution']:>8}",
        )
    total = round(sum(factor["contribution"] for factor in grade["factors"]), 6)
    outcome.check("contributions sum to the score", total, round(grade["score"] or 0, 6))
    say("grade", f"  {grade['grade']}, score {grade['score']}, methodology {grade['methodology_version']}")


def source(user: User) -> str:
    """Write the post that is to be reposted on the sandbox network, and return its URL."""

    def write() -> SandboxPost:
        return user.sandbox.write_post(account_id=ids.derive("acc", "teahouse"), text="Tea.")

    try:
        return str(write()["post_url"])
    except Unavailable:
        return str(write()["post_url"])


def create_task(cast: Cast, accounts: list[Account], timing: Timing, outcome: Outcome, say: Say) -> Task:
    """Request a quote, create the task, and send the same request again, which creates no second task."""
    quote = cast.advertiser.tasks.quote(kind="repost", account_ids=[account["id"] for account in accounts])
    say("quote", f"{len(quote['lines'])} reposts, {cast.shown(quote['total']['amount'])} in all, commission included")
    begin, source_url = now(cast.advertiser), source(cast.advertiser)

    def moment(hours: float) -> datetime:
        return begin + timedelta(hours=hours)

    def create() -> Task:
        return cast.advertiser.tasks.create(
            kind="repost",
            title=cast.wording.title,
            content={"text": cast.wording.text, "urls": [TASK_URL]},
            source_url=source_url,
            window={"start_at": moment(timing.start), "end_at": moment(timing.end)},
            accept_by=moment(timing.accept_by),
            retention=timedelta(hours=timing.retention),
            account_ids=[account["id"] for account in accounts],
            max_total=quote["total"],
            idempotency_key="demo-task",
        )

    before = cast.advertiser.wallet.read()
    task = create()
    wallet = cast.advertiser.wallet.read()
    outcome.check("held for the task", wallet["held"]["amount"], before["held"]["amount"] + quote["total"]["amount"])
    say(
        "task",
        f"{task['id']} {task['status']}; {cast.shown(wallet['held']['amount'])} held, {cast.shown(wallet['available']['amount'])} left",
    )
    outcome.check("the same request again returned the same task", create()["id"], task["id"])
    return task


def refuse_without_money(cast: Cast, accounts: list[Account], outcome: Outcome, say: Say) -> None:
    """Before the top-up: the task is refused with both figures, and no money is held."""
    quote = cast.advertiser.tasks.quote(kind="repost", account_ids=[account["id"] for account in accounts])
    later = now(cast.advertiser) + timedelta(minutes=5)
    try:
        cast.advertiser.tasks.create(
            kind="repost",
            title="too dear",
            content={"text": cast.wording.no_money},
            source_url=source(cast.advertiser),
            window={"start_at": later, "end_at": later + timedelta(minutes=1)},
            accept_by=later,
            account_ids=[account["id"] for account in accounts],
        )
        outcome.check("a task without money is refused", "created", 402)
    except InsufficientFunds as refused:
        outcome.check("a task without money is refused", refused.status, 402)
        outcome.check("the refusal states the required amount", refused.needed, quote["total"]["amount"])
        outcome.check("the refusal states the available amount", refused.available, 0)
        say("refused", f"no money yet: 402, needs {cast.shown(refused.needed)}, has {cast.shown(refused.available)}")
    held = cast.advertiser.wallet.read()["held"]["amount"]
    outcome.check("held after the refusal", held, 0)


def review(cast: Cast, task: Task, say: Say) -> None:
    """Approve the task, which the auditor finds in the queue."""
    queued = next(item for item in cast.auditor.tasks.waiting(limit=100) if item["id"] == task["id"])
    cast.auditor.tasks.review(task["id"], decision="approved", revision=queued["revision"])
    say("review", f"in the queue with {len(queued['findings']) or 'no'} findings; approved")


def answer(cast: Cast, task: Task, accounts: list[Account], outcome: Outcome, say: Say) -> list[Order]:
    """Wait for the offers. The first creator accepts, the second declines, the third does not respond."""
    orders = []
    for creator in cast.creators:
        offered = creator.wait_for(creator.orders.list(status="offered").first, lambda order: order is not None)
        assert offered is not None
        orders.append(offered)
    by_account = {order["account_id"]: order for order in orders}
    for creator, order in zip(cast.creators, orders, strict=True):
        say(
            "offer",
            f"{creator.name.partition('-')[0]:5} {order['id']}  price {cast.shown(order['price']['amount'])}, "
            f"commission {cast.shown(order['commission']['amount'])}, net {cast.shown(order['net']['amount'])}",
        )
    first, second, third = orders
    accepted = cast.creators[0].orders.accept(first["id"])
    cast.creators[0].orders.accept(first["id"])
    declined = cast.creators[1].orders.decline(second["id"], reason_code="schedule", note=cast.wording.away)
    outcome.check("accepted, twice", accepted["status"], "accepted")
    outcome.check("declined", declined["status"], "declined")
    say("answer", "an accepted (and sent it twice), bo declined: schedule, chen does not respond")
    outcome.check("offers", len(by_account), len(accounts))
    return [accepted, declined, third]


def publish(cast: Cast, order: Order, outcome: Outcome, say: Say) -> None:
    """Repost on the sandbox network within the window and send the link."""
    creator = cast.creators[0]
    start = next(timer["at"] for timer in order["timers"] if timer["name"] == "window_start")
    cast.admin.sandbox.move_clock(to=datetime.fromisoformat(start))
    say("clock", f"moved to {start}, when the window opens; chen's offer lapses")
    post = _written(creator, order)
    published = creator.orders.publish(order["id"], post_url=post["post_url"])
    outcome.check("published and checked", published["status"], "published")
    mark, text = cast.market["ad_mark"], order["content"]["text"]
    is_marked = text.startswith(mark["text"]) if mark["position"] == "start" else mark["text"] in text
    outcome.check(f"the post has the mark {mark['text']} ({mark['position']})", is_marked, True)
    say("mark", f"the text that was posted: {text}")
    say("publish", f"{post['post_url']} passed the check")


def _written(creator: User, order: Order) -> SandboxPost:
    """Write a post on the network. The network has no idempotency keys, so the client writes once; a person may write again."""

    def write() -> SandboxPost:
        return creator.sandbox.write_post(
            account_id=order["account_id"],
            text=order["content"]["text"],
            urls=order["content"]["urls"],
            picture_ids=order["content"]["picture_ids"],
            repost_of=order["source_url"],
        )

    try:
        return write()
    except Unavailable:
        return write()


def click(cast: Cast, order: Order, outcome: Outcome, say: Say) -> None:
    """Follow the link in the post as a reader: it leads to the audited URL and is counted."""
    link = order["content"]["urls"][0]
    outcome.check("the post's link leads to the task's URL", led_to(link), (302, TASK_URL))
    counted = cast.advertiser.orders.clicks(order["id"])["links"]
    found = [(part["url"], part["clicks"], part["visitors"], part["bots"]) for part in counted]
    outcome.check("clicks, visitors, bots", found, [(TASK_URL, 1, 1, 0)])
    say("click", f"{link} leads to {TASK_URL}: 1 click counted")


def settle(cast: Cast, task: Task, outcome: Outcome, say: Say) -> None:
    """Move the clock through the retention and wait until every order has ended and its money has moved."""
    advertiser = cast.advertiser
    _pass(cast, task, "retention_half", "checked", say)
    _pass(cast, task, "retention_end", "retained", say)
    advertiser.wait_for(
        lambda: list(advertiser.tasks.orders(task["id"])),
        lambda orders: all(order["status"] in END_STATES for order in orders),
        seconds=600,
    )
    outcome.task = advertiser.wait_for(
        lambda: advertiser.tasks.read(task["id"]), lambda document: document["status"] == "completed", seconds=600
    )
    orders = list(advertiser.tasks.orders(task["id"]))
    outcome.orders = sorted(orders, key=lambda order: order["status"])
    say("settled", ", ".join(f"{order['status']} ({order['payment']})" for order in outcome.orders))


def _pass(cast: Cast, task: Task, timer: str, event: str, say: Say) -> None:
    """Move the clock to the timer of the published order and wait for the event that follows from it."""
    advertiser = cast.advertiser

    def published() -> Order:
        return next(order for order in advertiser.tasks.orders(task["id"]) if order["post_url"])

    at = next(one["at"] for one in published()["timers"] if one["name"] == timer)
    moved = cast.admin.sandbox.move_clock(to=datetime.fromisoformat(at) + timedelta(seconds=1))
    advertiser.wait_for(published, lambda order: event in [one["event"] for one in order["events"]], seconds=90)
    say("clock", f"moved to {moved['now']}, {timer}: the post is still published")


def withdraw(cast: Cast, outcome: Outcome, say: Say) -> None:
    """Withdraw the least amount for the creator; finance reports the payout."""
    creator = cast.creators[0]
    earned = creator.wallet.read()["available"]["amount"]
    withdrawal = creator.wallet.withdraw(amount=cast.money(cast.withdrawal))
    during = creator.wallet.read()
    outcome.check("being withdrawn", during["withdrawing"]["amount"], cast.withdrawal)
    cast.finance.payouts.settle(withdrawal["id"], outcome="paid", revision=withdrawal["revision"])
    left = creator.wallet.read()
    outcome.check(
        "after the payout", (left["available"]["amount"], left["withdrawing"]["amount"]), (earned - cast.withdrawal, 0)
    )
    say(
        "withdraw",
        f"an withdraws {cast.shown(cast.withdrawal)}; finance pays it; {cast.shown(left['available']['amount'])} left",
    )


def audit(cast: Cast, outcome: Outcome, say: Say) -> None:
    """Check every figure and the ledger's proof."""
    by_status = {order["status"]: order for order in outcome.orders}
    outcome.check("final statuses of the orders", sorted(by_status), ["completed", "declined", "lapsed"])
    if not {"completed", "declined", "lapsed"} <= set(by_status):
        return
    done = by_status["completed"]
    price = done["price"]["amount"]
    commission = price * COMMISSION_BPS // 10_000
    outcome.commission = commission
    earned = price - commission - cast.withdrawal
    outcome.check("commission of the order", done["commission"]["amount"], commission)
    outcome.check(
        "payments",
        [by_status[s]["payment"] for s in ("completed", "declined", "lapsed")],
        ["paid", "refunded", "refunded"],
    )
    wallet = cast.advertiser.wallet.read()
    outcome.check("advertiser available", wallet["available"]["amount"], cast.topup - price)
    outcome.check("advertiser held", wallet["held"]["amount"], 0)
    for name, creator, expected in zip(("an", "bo", "chen"), cast.creators, (earned, 0, 0), strict=True):
        outcome.check(f"wallet of {name}", creator.wallet.read()["available"]["amount"], expected)
    outcome.statements["advertiser"] = list(cast.advertiser.wallet.entries(limit=100))
    outcome.statements["an"] = list(cast.creators[0].wallet.entries(limit=100))
    for name, available in (("advertiser", cast.topup - price), ("an", earned)):
        signed = sum(e["amount"]["amount"] * (1 if e["direction"] == "in" else -1) for e in outcome.statements[name])
        outcome.check(f"statement of {name} adds up", signed, available)
    outcome.proof = cast.finance.ledger.prove()
    outcome.check("ledger proof", outcome.proof["status"], "clean")
    outcome.check("differences", outcome.proof["differences"], [])
    assert outcome.task is not None, "settled before"
    outcome.check("commission of the task", outcome.task["totals"]["commission"]["amount"], commission)
    say("proof", f"{outcome.proof['accounts_checked']} ledger accounts: {outcome.proof['status']}")


def measure(cast: Cast, outcome: Outcome, say: Say) -> None:
    """Check the campaign's report and its public page."""
    assert outcome.task is not None, "settled before"
    task_id = outcome.task["id"]
    outcome.report = cast.advertiser.tasks.report(task_id)
    outcome.report_url = cast.advertiser.tasks.make_report_link(task_id)["url"]
    totals = outcome.report["totals"]
    paid = sum(order["price"]["amount"] for order in outcome.orders if order["status"] == "completed")
    outcome.check("spend of the report", totals["spend"]["amount"], paid)
    outcome.check("posts and clicks of the report", (totals["posts"], totals["clicks"]), (1, 1))
    outcome.check("the report has the forecast of the post", totals["forecast"] is not None, True)
    _share(cast, outcome)
    outcome.check("the page of the report opens without a login", led_to(outcome.report_url)[0], 200)
    say("report", outcome.report_url)


def _share(cast: Cast, outcome: Outcome) -> None:
    """Check that 3 to 24 % of the account's followers have read each reported post: after a day the sandbox network shows three
    quarters of its maximum, which is 5 to 30 % of them (chalicelib/social/sandbox_figures.py)."""
    assert outcome.report is not None, "read before"
    for order in outcome.report["orders"]:
        if order["reads"] is None:
            continue
        metrics = cast.advertiser.accounts.read(order["account_id"])["metrics"]
        assert metrics is not None, "imported with its figures"
        reads, followers = order["reads"], metrics["followers"]
        claim = f"{reads:,} reads are 3 to 24 % of {followers:,} followers"
        outcome.check(claim, 0.03 < reads / followers < 0.24, True)


def play(stack: Stack, say: Say, timing: Timing = Timing(), people: Cast | None = None) -> Outcome:
    """Play the whole campaign, with new users unless `people` are given. Raise Refused or TimeoutError if the market does not work as
    expected."""
    outcome = Outcome()
    people = outcome.cast = people or cast(stack)
    say("users", "1 advertiser, 3 creators, 1 auditor, 1 finance, 1 admin created in Cognito, each with its own token")
    certify(people, say)
    accounts = choose(people, say)
    explain(people, accounts[-1], outcome, say)
    refuse_without_money(people, accounts, outcome, say)
    top_up(people, say)
    task = create_task(people, accounts, timing, outcome, say)
    review(people, task, say)
    accepted, _, _ = answer(people, task, accounts, outcome, say)
    publish(people, accepted, outcome, say)
    click(people, accepted, outcome, say)
    settle(people, task, outcome, say)
    withdraw(people, outcome, say)
    audit(people, outcome, say)
    measure(people, outcome, say)
    return outcome
