"""A method for each operation of the market. Written by `make docs` from the OpenAPI document: change the routes, not this."""

from __future__ import annotations

from builtins import list as List
from datetime import datetime, timedelta
from typing import Any, Literal

from microtask.paging import Pages
from microtask.transport import Transport
from microtask.types import (
    Account,
    AccountForecast,
    AccountGrade,
    AccountInQueue,
    AdmissionReason,
    Advertiser,
    AdvertiserInQueue,
    Application,
    CallIn,
    Cancellation,
    Category,
    CertificationReason,
    Comparison,
    ComparisonSummary,
    Contact,
    ContentIn,
    Decision,
    Dispute,
    DisputeSummary,
    DraftInReview,
    Entry,
    ExportPart,
    Facets,
    FiltersIn,
    GradeAppeal,
    GradeChange,
    Health,
    Me,
    Methodology,
    MoneyIn,
    NotificationOutcome,
    OpenCall,
    Order,
    OrderClicks,
    OutcomesTaken,
    OwnershipCode,
    PayeeIn,
    Picture,
    PictureUpload,
    Plan,
    PlanSummary,
    PriceChange,
    PricesIn,
    Proof,
    PublishingIn,
    Quote,
    ReasonIn,
    Regrade,
    RegradeStarted,
    Report,
    ReportLink,
    ReportLinksRevoked,
    SandboxClock,
    SandboxPayment,
    SandboxPost,
    SandboxPostDeleted,
    SandboxProfile,
    SettlementUpload,
    StaffWithdrawal,
    SuspenseItem,
    Task,
    TaskInReview,
    TaskSummary,
    TopUp,
    Version,
    Wallet,
    WalletSummary,
    WindowIn,
    Withdrawal,
)
from microtask.values import OMITTED, Omitted, given
from microtask.values import path_part as _in_path


class Resource:
    """A part of the market."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport


class AccountsResource(Resource):
    def admit(
        self,
        account_id: str,
        *,
        revision: int,
        decision: Literal["approved", "rejected"],
        note: str | Omitted | None = OMITTED,
        category: str | Omitted | None = OMITTED,
        reason_code: AdmissionReason | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Account:
        """Admit or reject an account. For auditor."""
        answer: Account = self._transport.send(
            "POST",
            f"/v1/accounts/{_in_path(account_id)}/admission",
            body=given(
                {
                    "revision": revision,
                    "decision": decision,
                    "note": note,
                    "category": category,
                    "reason_code": reason_code,
                }
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def bind(
        self,
        *,
        network: str,
        handle: str,
        category: str,
        prices: PricesIn | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Account:
        """Bind a social account to the caller; it waits for admission. For creator."""
        answer: Account = self._transport.send(
            "POST",
            "/v1/accounts",
            body=given({"network": network, "handle": handle, "category": category, "prices": prices}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def categories(self) -> Pages[Category]:
        """The categories that an account can have. Public."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET", "/v1/categories", query=given({"cursor": OMITTED if cursor is None else cursor})
            ).json()

        return Pages(fetch)

    def check_ownership(self, account_id: str, *, idempotency_key: str | None = None) -> Account:
        """Look for the code on the network; if it is there the account is verified as the caller's. For creator."""
        answer: Account = self._transport.send(
            "POST", f"/v1/accounts/{_in_path(account_id)}/ownership/check", key=idempotency_key, keyed=True
        ).json()
        return answer

    def correct_category(
        self,
        account_id: str,
        *,
        revision: int,
        category: str,
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Account:
        """Correct an account's category; it is graded by it anew. For auditor."""
        answer: Account = self._transport.send(
            "POST",
            f"/v1/accounts/{_in_path(account_id)}/category",
            body=given({"revision": revision, "category": category, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def facets(
        self,
        *,
        category: str | Omitted | None = OMITTED,
        grade_min: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
        | Omitted
        | None = OMITTED,
        price_min: int | Omitted | None = OMITTED,
        price_max: int | Omitted | None = OMITTED,
        followers_min: int | Omitted | None = OMITTED,
        kind: Literal["post", "repost"] | Omitted | None = OMITTED,
        q: str | Omitted | None = OMITTED,
    ) -> Facets:
        """How many listed accounts fit the filters, per category (whatever its own filter says) and per grade (likewise). For every caller with a token."""
        answer: Facets = self._transport.send(
            "GET",
            "/v1/accounts/facets",
            query=given(
                {
                    "category": category,
                    "grade_min": grade_min,
                    "price_min": price_min,
                    "price_max": price_max,
                    "followers_min": followers_min,
                    "kind": kind,
                    "q": q,
                }
            ),
        ).json()
        return answer

    def fetch_metrics(self, account_id: str, *, idempotency_key: str | None = None) -> Account:
        """Read an account's metrics from its network now and grade the account anew. For admin."""
        answer: Account = self._transport.send(
            "POST", f"/v1/accounts/{_in_path(account_id)}/metrics/fetch", key=idempotency_key, keyed=True
        ).json()
        return answer

    def forecast(self, account_id: str, *, kind: Literal["post", "repost"] | Omitted = OMITTED) -> AccountForecast:
        """What one order of a kind can be expected to bring: reads, interactions, clicks, each with an 80 % interval. For every caller with a token."""
        answer: AccountForecast = self._transport.send(
            "GET", f"/v1/accounts/{_in_path(account_id)}/forecast", query=given({"kind": kind})
        ).json()
        return answer

    def ownership_code(self, account_id: str, *, idempotency_key: str | None = None) -> OwnershipCode:
        """Get the code that proves the account once its profile or a new post shows it; for the owner. For creator."""
        answer: OwnershipCode = self._transport.send(
            "POST", f"/v1/accounts/{_in_path(account_id)}/ownership", key=idempotency_key, keyed=True
        ).json()
        return answer

    def permit_publishing(self, account_id: str, *, allowed: bool, code: str | Omitted | None = OMITTED) -> Account:
        """Let the market publish as the account, or no longer; for the owner. For creator."""
        answer: Account = self._transport.send(
            "PUT", f"/v1/accounts/{_in_path(account_id)}/publishing", body=given({"allowed": allowed, "code": code})
        ).json()
        return answer

    def price_history(self, account_id: str, *, limit: int | Omitted = OMITTED) -> Pages[PriceChange]:
        """What the account asked and what was advised for it, every change, newest first. For every caller with a token."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/accounts/{_in_path(account_id)}/prices",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def read(self, account_id: str) -> Account:
        """The card of an account. For every caller with a token."""
        answer: Account = self._transport.send("GET", f"/v1/accounts/{_in_path(account_id)}").json()
        return answer

    def record_metrics(
        self,
        account_id: str,
        *,
        as_of: str | datetime,
        followers: int,
        active_followers: int | Omitted | None = OMITTED,
        reads_avg_30d: float | Omitted | None = OMITTED,
        posts_30d: int | Omitted | None = OMITTED,
        reposts_avg_30d: float | Omitted | None = OMITTED,
        comments_avg_30d: float | Omitted | None = OMITTED,
        likes_avg_30d: float | Omitted | None = OMITTED,
        originals_share: float | Omitted | None = OMITTED,
        following: int | Omitted | None = OMITTED,
        registered_at: str | datetime | Omitted | None = OMITTED,
        verified: bool | Omitted | None = OMITTED,
        organisation: bool | Omitted | None = OMITTED,
        posts_total: int | Omitted | None = OMITTED,
        earlier_at: str | datetime | Omitted | None = OMITTED,
        earlier_followers: int | Omitted | None = OMITTED,
        earlier_following: int | Omitted | None = OMITTED,
        earlier_posts_total: int | Omitted | None = OMITTED,
        active_days_30d: float | Omitted | None = OMITTED,
        duplicates_share: float | Omitted | None = OMITTED,
        links_share: float | Omitted | None = OMITTED,
        burst_share: float | Omitted | None = OMITTED,
        automated_share: float | Omitted | None = OMITTED,
        reactions_variation: float | Omitted | None = OMITTED,
        copied_comments_share: float | Omitted | None = OMITTED,
        top_reactors_share: float | Omitted | None = OMITTED,
        popular: bool | Omitted | None = OMITTED,
        accepted_all_last_week: bool | Omitted | None = OMITTED,
        by_appointment: bool | Omitted | None = OMITTED,
        market_stars: int | Omitted | None = OMITTED,
        orders_90d: int | Omitted | None = OMITTED,
        acceptance_rate: float | Omitted | None = OMITTED,
        on_time_share: float | Omitted | None = OMITTED,
        kept_share: float | Omitted | None = OMITTED,
        disputes_lost_share: float | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Account:
        """Record one snapshot of an account's metrics and grade the account anew. For admin."""
        answer: Account = self._transport.send(
            "POST",
            f"/v1/accounts/{_in_path(account_id)}/metrics",
            body=given(
                {
                    "as_of": as_of,
                    "followers": followers,
                    "active_followers": active_followers,
                    "reads_avg_30d": reads_avg_30d,
                    "posts_30d": posts_30d,
                    "reposts_avg_30d": reposts_avg_30d,
                    "comments_avg_30d": comments_avg_30d,
                    "likes_avg_30d": likes_avg_30d,
                    "originals_share": originals_share,
                    "following": following,
                    "registered_at": registered_at,
                    "verified": verified,
                    "organisation": organisation,
                    "posts_total": posts_total,
                    "earlier_at": earlier_at,
                    "earlier_followers": earlier_followers,
                    "earlier_following": earlier_following,
                    "earlier_posts_total": earlier_posts_total,
                    "active_days_30d": active_days_30d,
                    "duplicates_share": duplicates_share,
                    "links_share": links_share,
                    "burst_share": burst_share,
                    "automated_share": automated_share,
                    "reactions_variation": reactions_variation,
                    "copied_comments_share": copied_comments_share,
                    "top_reactors_share": top_reactors_share,
                    "popular": popular,
                    "accepted_all_last_week": accepted_all_last_week,
                    "by_appointment": by_appointment,
                    "market_stars": market_stars,
                    "orders_90d": orders_90d,
                    "acceptance_rate": acceptance_rate,
                    "on_time_share": on_time_share,
                    "kept_share": kept_share,
                    "disputes_lost_share": disputes_lost_share,
                }
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def revise(
        self, account_id: str, *, prices: PricesIn | Omitted = OMITTED, paused: bool | Omitted | None = OMITTED
    ) -> Account:
        """Set own prices, pause or resume; for the owner. For creator."""
        answer: Account = self._transport.send(
            "PATCH", f"/v1/accounts/{_in_path(account_id)}", body=given({"prices": prices, "paused": paused})
        ).json()
        return answer

    def revoke(
        self,
        account_id: str,
        *,
        revision: int,
        reason_code: str,
        note: str | Omitted | None = OMITTED,
        stop_accepted: bool | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Account:
        """Revoke an admission: unanswered orders end free of charge, accepted ones go on unless they are stopped too. For auditor."""
        answer: Account = self._transport.send(
            "POST",
            f"/v1/accounts/{_in_path(account_id)}/revocation",
            body=given(
                {"revision": revision, "reason_code": reason_code, "note": note, "stop_accepted": stop_accepted}
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def search(
        self,
        *,
        limit: int | Omitted = OMITTED,
        category: str | Omitted | None = OMITTED,
        grade_min: Literal["one_star", "two_star", "three_star", "four_star", "five_star", "six_star", "diamond"]
        | Omitted
        | None = OMITTED,
        price_min: int | Omitted | None = OMITTED,
        price_max: int | Omitted | None = OMITTED,
        followers_min: int | Omitted | None = OMITTED,
        kind: Literal["post", "repost"] | Omitted | None = OMITTED,
        q: str | Omitted | None = OMITTED,
        sort: Literal["grade", "-grade", "followers", "-followers", "price", "-price", "value", "-value"]
        | Omitted = OMITTED,
        owner: Literal["me"] | Omitted | None = OMITTED,
    ) -> Pages[Account]:
        """Search the listed accounts, or with owner=me the caller's own in every status. For every caller with a token."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/accounts",
                query=given(
                    {
                        "limit": limit,
                        "category": category,
                        "grade_min": grade_min,
                        "price_min": price_min,
                        "price_max": price_max,
                        "followers_min": followers_min,
                        "kind": kind,
                        "q": q,
                        "sort": sort,
                        "owner": owner,
                        "cursor": OMITTED if cursor is None else cursor,
                    }
                ),
            ).json()

        return Pages(fetch)

    def similar(self, account_id: str, *, limit: int | Omitted = OMITTED) -> Pages[Account]:
        """Listed accounts like this one in category, score, followers and price, the most similar first. For every caller with a token."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/accounts/{_in_path(account_id)}/similar",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def unbind(self, account_id: str) -> Account:
        """Unbind an account from its owner: unanswered orders end free of charge, accepted ones go on; for the owner. For creator."""
        answer: Account = self._transport.send("DELETE", f"/v1/accounts/{_in_path(account_id)}").json()
        return answer

    def waiting(self, *, limit: int | Omitted = OMITTED) -> Pages[AccountInQueue]:
        """Accounts that wait for admission, oldest due first. For auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET", "/v1/admissions", query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor})
            ).json()

        return Pages(fetch)


class AdvertisersResource(Resource):
    def certify(
        self,
        advertiser_id: str,
        *,
        revision: int,
        decision: Literal["approved", "rejected"],
        note: str | Omitted | None = OMITTED,
        reason_code: CertificationReason | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Advertiser:
        """Approve or reject an enterprise. For auditor."""
        answer: Advertiser = self._transport.send(
            "POST",
            f"/v1/advertisers/{_in_path(advertiser_id)}/certification",
            body=given({"revision": revision, "decision": decision, "note": note, "reason_code": reason_code}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal["pending", "approved", "rejected", "revoked"] | Omitted | None = OMITTED,
    ) -> Pages[Advertiser]:
        """Enterprises, also by the status of their certification; for staff. For auditor, finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/advertisers",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def me(self) -> Advertiser:
        """The caller's enterprise. For advertiser."""
        answer: Advertiser = self._transport.send("GET", "/v1/advertisers/me").json()
        return answer

    def read(self, advertiser_id: str) -> Advertiser:
        """An enterprise, for staff. For auditor, finance."""
        answer: Advertiser = self._transport.send("GET", f"/v1/advertisers/{_in_path(advertiser_id)}").json()
        return answer

    def register(
        self, *, name: str, licence_no: str, contact: Contact, idempotency_key: str | None = None
    ) -> Advertiser:
        """Register the caller's enterprise; it waits for certification. For advertiser."""
        answer: Advertiser = self._transport.send(
            "POST",
            "/v1/advertisers",
            body=given({"name": name, "licence_no": licence_no, "contact": contact}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def resubmit(self, *, name: str, licence_no: str, contact: Contact) -> Advertiser:
        """Correct a rejected registration and submit it again. For advertiser."""
        answer: Advertiser = self._transport.send(
            "PUT", "/v1/advertisers/me", body=given({"name": name, "licence_no": licence_no, "contact": contact})
        ).json()
        return answer

    def revoke(
        self,
        advertiser_id: str,
        *,
        revision: int,
        reason_code: str,
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Advertiser:
        """Revoke a certification: unanswered orders end free of charge, accepted ones go on. For auditor."""
        answer: Advertiser = self._transport.send(
            "POST",
            f"/v1/advertisers/{_in_path(advertiser_id)}/revocation",
            body=given({"revision": revision, "reason_code": reason_code, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def waiting(self, *, limit: int | Omitted = OMITTED) -> Pages[AdvertiserInQueue]:
        """Enterprises that wait for certification, oldest due first. For auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/certifications",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)


class AppealsResource(Resource):
    def read(self, appeal_id: str) -> GradeAppeal:
        """An appeal; for its owner and auditors. For creator, auditor."""
        answer: GradeAppeal = self._transport.send("GET", f"/v1/appeals/{_in_path(appeal_id)}").json()
        return answer

    def rule(
        self,
        appeal_id: str,
        *,
        revision: int,
        outcome: Literal["granted", "rejected"],
        note: str,
        evidence: dict[str, Any] | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> GradeAppeal:
        """Rule an appeal: the grade is computed anew from the corrected figures, or everything stays. For auditor."""
        answer: GradeAppeal = self._transport.send(
            "POST",
            f"/v1/appeals/{_in_path(appeal_id)}/ruling",
            body=given({"revision": revision, "outcome": outcome, "note": note, "evidence": evidence}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def waiting(self, *, limit: int | Omitted = OMITTED) -> Pages[GradeAppeal]:
        """The appeals that wait for a ruling: due first at the head. For auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET", "/v1/appeals", query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor})
            ).json()

        return Pages(fetch)


class ApplicationsResource(Resource):
    def accept(self, application_id: str, *, idempotency_key: str | None = None) -> Application:
        """Take an applicant: its order is accepted at the price it named. For advertiser."""
        answer: Application = self._transport.send(
            "POST", f"/v1/applications/{_in_path(application_id)}/accept", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def decline(self, application_id: str, *, idempotency_key: str | None = None) -> Application:
        """Decline an applicant. For advertiser."""
        answer: Application = self._transport.send(
            "POST", f"/v1/applications/{_in_path(application_id)}/decline", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def list(self, *, limit: int | Omitted = OMITTED) -> Pages[Application]:
        """The creator's own applications, newest first. For creator."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/applications",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def withdraw(self, application_id: str, *, idempotency_key: str | None = None) -> Application:
        """Take an application back. For creator."""
        answer: Application = self._transport.send(
            "POST", f"/v1/applications/{_in_path(application_id)}/withdraw", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer


class CallsResource(Resource):
    def applications(self, task_id: str, *, limit: int | Omitted = OMITTED) -> Pages[Application]:
        """The applications to a call. For advertiser, auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/tasks/{_in_path(task_id)}/applications",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def apply(
        self,
        task_id: str,
        *,
        account_id: str,
        price: MoneyIn,
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Application:
        """Apply to an open call with an account and a price. For creator."""
        answer: Application = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/applications",
            body=given({"account_id": account_id, "price": price, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        kind: Literal["post", "repost"] | Omitted | None = OMITTED,
        category: str | Omitted | None = OMITTED,
        price_min: int | Omitted | None = OMITTED,
        account_id: str | Omitted | None = OMITTED,
        q: str | Omitted | None = OMITTED,
    ) -> Pages[OpenCall]:
        """The open calls that pass the filters, oldest first. For creator."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/calls",
                query=given(
                    {
                        "limit": limit,
                        "kind": kind,
                        "category": category,
                        "price_min": price_min,
                        "account_id": account_id,
                        "q": q,
                        "cursor": OMITTED if cursor is None else cursor,
                    }
                ),
            ).json()

        return Pages(fetch)


class DecisionsResource(Resource):
    def list(self, *, limit: int | Omitted = OMITTED, subject_id: str | Omitted | None = OMITTED) -> Pages[Decision]:
        """What staff decided, who did, and on which revision, newest first; for admins. For admin."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/decisions",
                query=given(
                    {"limit": limit, "subject_id": subject_id, "cursor": OMITTED if cursor is None else cursor}
                ),
            ).json()

        return Pages(fetch)


class DisputesResource(Resource):
    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal["open", "paid", "refunded", "split", "unruled"] | Omitted | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
    ) -> Pages[DisputeSummary]:
        """The caller's own disputes, newest first; for auditors those that wait, due first at the head, or ended in a status. For advertiser, creator, auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/disputes",
                query=given(
                    {"limit": limit, "status": status, "as": as_, "cursor": OMITTED if cursor is None else cursor}
                ),
            ).json()

        return Pages(fetch)

    def read(self, dispute_id: str) -> Dispute:
        """A dispute with what both sides said. For creator, advertiser, auditor, finance."""
        answer: Dispute = self._transport.send("GET", f"/v1/disputes/{_in_path(dispute_id)}").json()
        return answer

    def rule(
        self,
        dispute_id: str,
        *,
        revision: int,
        outcome: Literal["pay", "refund", "split"],
        note: str,
        creator_share_bps: int | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Dispute:
        """Rule a dispute: pay, refund, or split. For auditor."""
        answer: Dispute = self._transport.send(
            "POST",
            f"/v1/disputes/{_in_path(dispute_id)}/ruling",
            body=given(
                {"revision": revision, "outcome": outcome, "creator_share_bps": creator_share_bps, "note": note}
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def state(
        self, dispute_id: str, *, note: str, urls: List[str] | Omitted = OMITTED, idempotency_key: str | None = None
    ) -> Dispute:
        """Say something to an open dispute, with evidence. For advertiser, creator."""
        answer: Dispute = self._transport.send(
            "POST",
            f"/v1/disputes/{_in_path(dispute_id)}/statements",
            body=given({"note": note, "urls": urls}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer


class ExportsResource(Resource):
    def make(
        self,
        *,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        cursor: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> ExportPart:
        """All that the caller owns here, as lines of JSON in a file behind a link that expires; the next part with `next_cursor`. For advertiser, creator."""
        answer: ExportPart = self._transport.send(
            "POST", "/v1/exports", query=given({"as": as_, "cursor": cursor}), key=idempotency_key, keyed=True
        ).json()
        return answer


class GradesResource(Resource):
    def appeal(
        self,
        account_id: str,
        *,
        reason: str,
        evidence: dict[str, Any] | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> GradeAppeal:
        """Appeal the account's grade with corrected figures, once per grade; for the owner. For creator."""
        answer: GradeAppeal = self._transport.send(
            "POST",
            f"/v1/accounts/{_in_path(account_id)}/grade/appeals",
            body=given({"reason": reason, "evidence": evidence}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def appeals(self, account_id: str, *, limit: int | Omitted = OMITTED) -> Pages[GradeAppeal]:
        """The appeals of an account's grades, newest first; for the owner and auditors. For creator, auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/accounts/{_in_path(account_id)}/grade/appeals",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def history(self, account_id: str, *, limit: int | Omitted = OMITTED) -> Pages[GradeChange]:
        """Every change of the grade, newest first, each with its cause. For every caller with a token."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/accounts/{_in_path(account_id)}/grade/history",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def methodology(self, *, version: str | Omitted | None = OMITTED) -> Methodology:
        """The methodology file in force, or the version asked for: every number a grade is made of. Public."""
        answer: Methodology = self._transport.send(
            "GET", "/v1/grading/methodology", query=given({"version": version})
        ).json()
        return answer

    def page(self, account_id: str) -> str:
        """The grade as a page for people: what it is made of, what is missing, what the next one needs, how to check or appeal it. Public."""
        return self._transport.send("GET", f"/grades/{_in_path(account_id)}").data.decode()

    def read(self, account_id: str) -> AccountGrade:
        """The grade with every factor, what the next grade needs, and the advised prices. For every caller with a token."""
        answer: AccountGrade = self._transport.send("GET", f"/v1/accounts/{_in_path(account_id)}/grade").json()
        return answer

    def regrade(self, *, idempotency_key: str | None = None) -> RegradeStarted:
        """Starts regrading every account now. For admin."""
        answer: RegradeStarted = self._transport.send(
            "POST", "/v1/grading/regrade", key=idempotency_key, keyed=True
        ).json()
        return answer

    def regrade_progress(self, run: str) -> Regrade:
        """How far a regrade is and what it changed. For admin, auditor."""
        answer: Regrade = self._transport.send("GET", f"/v1/grading/regrade/{_in_path(run)}").json()
        return answer


class LedgerResource(Resource):
    def announce_settlement(self, provider: str, *, bytes: int, idempotency_key: str | None = None) -> SettlementUpload:
        """The form that uploads a settlement file of up to 64 MiB; compare it with `?upload=` and its id. For finance."""
        answer: SettlementUpload = self._transport.send(
            "POST",
            f"/v1/ledger/settlements/{_in_path(provider)}/uploads",
            body=given({"bytes": bytes}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def compare(
        self,
        provider: str,
        content: str | bytes,
        *,
        since: str | datetime | Omitted | None = OMITTED,
        until: str | datetime | Omitted | None = OMITTED,
        month: str | Omitted | None = OMITTED,
        upload: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Comparison:
        """Compares a provider's settlement file (CSV: transaction_id, amount; the body, or an upload) with what the ledger received. For finance."""
        answer: Comparison = self._transport.send(
            "POST",
            f"/v1/ledger/settlements/{_in_path(provider)}",
            query=given({"since": since, "until": until, "month": month, "upload": upload}),
            body=content.encode() if isinstance(content, str) else content,
            content_type="text/csv",
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def proof(self) -> Proof:
        """The latest reconciliation; the first caller of a new market gets a fresh one. For finance."""
        answer: Proof = self._transport.send("GET", "/v1/ledger/proof").json()
        return answer

    def prove(self, *, idempotency_key: str | None = None) -> Proof:
        """Reconciles now. For finance."""
        answer: Proof = self._transport.send("POST", "/v1/ledger/proof", key=idempotency_key, keyed=True).json()
        return answer

    def read_settlement(self, provider: str, settlement_id: str) -> Comparison:
        """One comparison with its differences, up to 1,000 of them. For finance."""
        answer: Comparison = self._transport.send(
            "GET", f"/v1/ledger/settlements/{_in_path(provider)}/{_in_path(settlement_id)}"
        ).json()
        return answer

    def settlements(
        self, *, limit: int | Omitted = OMITTED, provider: str | Omitted | None = OMITTED
    ) -> Pages[ComparisonSummary]:
        """Comparisons with settlement files, newest first. For finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/ledger/settlements",
                query=given({"limit": limit, "provider": provider, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)


class LinksResource(Resource):
    def follow(self, code: str) -> str:
        """Leads to the audited URL of an order, with the query of the request, and counts the click. Public."""
        return str(self._transport.send("GET", f"/r/{_in_path(code)}").headers["Location"])


class MeResource(Resource):
    def read(self) -> Me:
        """Who the caller is, what is the caller's own, and how much waits for each role. For every caller with a token."""
        answer: Me = self._transport.send("GET", "/v1/me").json()
        return answer


class OrdersResource(Resource):
    def accept(self, order_id: str, *, idempotency_key: str | None = None) -> Order:
        """Take an offered order. For creator."""
        answer: Order = self._transport.send(
            "POST", f"/v1/orders/{_in_path(order_id)}/accept", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def accept_counter(self, order_id: str, *, idempotency_key: str | None = None) -> Order:
        """Take the creator's price: the order is accepted at it. For advertiser."""
        answer: Order = self._transport.send(
            "POST", f"/v1/orders/{_in_path(order_id)}/counter/accept", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def approve_draft(self, order_id: str, *, idempotency_key: str | None = None) -> Order:
        """Approve the creator's draft: it is what will be posted. For advertiser."""
        answer: Order = self._transport.send(
            "POST", f"/v1/orders/{_in_path(order_id)}/draft/approve", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def clicks(self, order_id: str) -> OrderClicks:
        """Clicks, visitors and bots of each link of an order, by day. For advertiser, creator, auditor, finance."""
        answer: OrderClicks = self._transport.send("GET", f"/v1/orders/{_in_path(order_id)}/clicks").json()
        return answer

    def counter(
        self, order_id: str, *, price: MoneyIn, note: str | Omitted | None = OMITTED, idempotency_key: str | None = None
    ) -> Order:
        """Answer an offer with another price, once. For creator."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/counter",
            body=given({"price": price, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def decline(
        self,
        order_id: str,
        *,
        reason_code: Literal["price", "schedule", "content", "brand_conflict", "other"],
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Order:
        """Decline an offered order, with a reason. For creator."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/decline",
            body=given({"reason_code": reason_code, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def decline_counter(self, order_id: str, *, idempotency_key: str | None = None) -> Order:
        """Decline the creator's price; the offer stays open. For advertiser."""
        answer: Order = self._transport.send(
            "POST", f"/v1/orders/{_in_path(order_id)}/counter/decline", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def dispute(self, order_id: str, *, reason_code: str, note: str, idempotency_key: str | None = None) -> Order:
        """Dispute a published order; checks of its post go on until the ruling. For advertiser, creator."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/dispute",
            body=given({"reason_code": reason_code, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def drafts_waiting(self, *, limit: int | Omitted = OMITTED) -> Pages[DraftInReview]:
        """The creators' drafts that an auditor reads first, because of what the lint found or of their links: due first at the head. For auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/draft-reviews",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal[
            "pending",
            "offered",
            "accepted",
            "declined",
            "lapsed",
            "published",
            "completed",
            "failed",
            "cancelled",
            "stopped",
            "disputed",
        ]
        | Literal["stuck"]
        | Omitted
        | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        task_id: str | Omitted | None = OMITTED,
        waiting: Literal["me"] | Omitted | None = OMITTED,
        sort: Literal["-created_at", "deadline"] | Omitted = OMITTED,
    ) -> Pages[Order]:
        """The caller's orders as a creator or an advertiser, newest first or by deadline; staff read the stuck orders. For creator, advertiser, auditor, finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/orders",
                query=given(
                    {
                        "limit": limit,
                        "status": status,
                        "as": as_,
                        "task_id": task_id,
                        "waiting": waiting,
                        "sort": sort,
                        "cursor": OMITTED if cursor is None else cursor,
                    }
                ),
            ).json()

        return Pages(fetch)

    def pictures(self, order_id: str, *, limit: int | Omitted = OMITTED) -> Pages[Picture]:
        """The pictures that are to be posted, each with a link to fetch it. For creator, advertiser, auditor, finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/orders/{_in_path(order_id)}/pictures",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def publish(self, order_id: str, *, post_url: str, idempotency_key: str | None = None) -> Order:
        """Report the post. It is checked at once, or as soon as its network can be read; the report counts from now. For creator."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/publish",
            body=given({"post_url": post_url}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def read(self, order_id: str) -> Order:
        """An order with every timer and its history. For creator, advertiser, auditor, finance."""
        answer: Order = self._transport.send("GET", f"/v1/orders/{_in_path(order_id)}").json()
        return answer

    def request_draft_changes(self, order_id: str, *, note: str, idempotency_key: str | None = None) -> Order:
        """Ask for changes of the creator's draft, at most twice. For advertiser."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/draft/changes",
            body=given({"note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def retry(self, order_id: str, *, idempotency_key: str | None = None) -> Order:
        """Run the workflow of a stuck order again, from where the order stands. For auditor, finance."""
        answer: Order = self._transport.send(
            "POST", f"/v1/orders/{_in_path(order_id)}/retry", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def review_draft(
        self,
        order_id: str,
        *,
        revision: int,
        decision: Literal["approved", "rejected"],
        reasons: List[ReasonIn] | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Order:
        """Let a creator's draft go on to the advertiser, or reject it with reasons. For auditor."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/draft/review",
            body=given({"revision": revision, "decision": decision, "reasons": reasons}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def submit_draft(self, order_id: str, *, text: str, idempotency_key: str | None = None) -> Order:
        """Submit a draft text to the advertiser. For creator."""
        answer: Order = self._transport.send(
            "POST",
            f"/v1/orders/{_in_path(order_id)}/draft",
            body=given({"text": text}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer


class PayoutsResource(Resource):
    def pay(self, withdrawal_id: str, *, idempotency_key: str | None = None) -> StaffWithdrawal:
        """Ask the provider to pay it, or what became of it; paid once, however often it is called. Large amounts need two people. For finance."""
        answer: StaffWithdrawal = self._transport.send(
            "POST", f"/v1/withdrawals/{_in_path(withdrawal_id)}/payout", key=idempotency_key, keyed=True
        ).json()
        return answer

    def settle(
        self,
        withdrawal_id: str,
        *,
        revision: int,
        outcome: Literal["paid", "failed"],
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> StaffWithdrawal:
        """Report the payout's outcome: paid, or failed and the money is available again. Large amounts need two people. For finance."""
        answer: StaffWithdrawal = self._transport.send(
            "POST",
            f"/v1/withdrawals/{_in_path(withdrawal_id)}/outcome",
            body=given({"revision": revision, "outcome": outcome, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def waiting(
        self, *, limit: int | Omitted = OMITTED, status: Literal["requested", "paid", "failed"] | Omitted = OMITTED
    ) -> Pages[StaffWithdrawal]:
        """Withdrawals to be paid out, oldest first; with `status` those that were paid or failed, newest first. For finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/withdrawals",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)


class PicturesResource(Resource):
    def announce(
        self,
        *,
        content_type: Literal["image/jpeg", "image/png", "image/gif"],
        bytes: int,
        idempotency_key: str | None = None,
    ) -> PictureUpload:
        """A picture's id and the form that uploads it. For advertiser."""
        answer: PictureUpload = self._transport.send(
            "POST",
            "/v1/pictures",
            body=given({"content_type": content_type, "bytes": bytes}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer


class PlansResource(Resource):
    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal["open", "ordered", "expired"] | Omitted | None = OMITTED,
    ) -> Pages[PlanSummary]:
        """The caller's plans without their accounts, newest first. For advertiser."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/plans",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def make(
        self,
        *,
        budget: MoneyIn,
        goal: Literal["reads", "interactions", "clicks", "unique_reads"] | Omitted = OMITTED,
        kind: Literal["post", "repost"] | Omitted = OMITTED,
        filters: FiltersIn | Omitted = OMITTED,
        must_have: List[str] | Omitted = OMITTED,
        exclude: List[str] | Omitted = OMITTED,
        max_accounts: int | Omitted = OMITTED,
        task: dict[str, Any] | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Plan:
        """The accounts that bring the most for a budget, and why each; kept, so that it can become a task. For advertiser."""
        answer: Plan = self._transport.send(
            "POST",
            "/v1/plans",
            body=given(
                {
                    "budget": budget,
                    "goal": goal,
                    "kind": kind,
                    "filters": filters,
                    "must_have": must_have,
                    "exclude": exclude,
                    "max_accounts": max_accounts,
                    "task": task,
                }
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def order(
        self,
        plan_id: str,
        *,
        title: str,
        content: ContentIn,
        window: WindowIn,
        accept_by: str | datetime,
        source_url: str | Omitted | None = OMITTED,
        retention: str | timedelta | Omitted = OMITTED,
        draft_approval: bool | Omitted = OMITTED,
        publishing: PublishingIn | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Task:
        """Make a plan a task, with its accounts at its prices or lower ones; once. For advertiser."""
        answer: Task = self._transport.send(
            "POST",
            f"/v1/plans/{_in_path(plan_id)}/task",
            body=given(
                {
                    "title": title,
                    "content": content,
                    "source_url": source_url,
                    "window": window,
                    "accept_by": accept_by,
                    "retention": retention,
                    "draft_approval": draft_approval,
                    "publishing": publishing,
                }
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def read(self, plan_id: str) -> Plan:
        """A plan as it was made, whether it can still become a task, or which one it became. For advertiser."""
        answer: Plan = self._transport.send("GET", f"/v1/plans/{_in_path(plan_id)}").json()
        return answer


class SandboxResource(Resource):
    def comment_post(self, post_id: str, *, comments: List[str]) -> SandboxPost:
        """Set the comments under a post of the sandbox network; they are added to its simulated number of comments. Public."""
        answer: SandboxPost = self._transport.send(
            "PUT", f"/sandbox/posts/{_in_path(post_id)}/comments", body=given({"comments": comments})
        ).json()
        return answer

    def delete_post(self, post_id: str) -> SandboxPostDeleted:
        """Delete a post of the sandbox network. Public."""
        answer: SandboxPostDeleted = self._transport.send("DELETE", f"/sandbox/posts/{_in_path(post_id)}").json()
        return answer

    def describe_account(self, account_id: str, *, description: str) -> SandboxProfile:
        """Set the description of an account on the sandbox network. Public."""
        answer: SandboxProfile = self._transport.send(
            "PUT", f"/sandbox/accounts/{_in_path(account_id)}/profile", body=given({"description": description})
        ).json()
        return answer

    def edit_post(self, post_id: str, *, text: str, urls: List[str] | Omitted | None = OMITTED) -> SandboxPost:
        """Edit a post of the sandbox network. Public."""
        answer: SandboxPost = self._transport.send(
            "PUT", f"/sandbox/posts/{_in_path(post_id)}", body=given({"text": text, "urls": urls})
        ).json()
        return answer

    def move_clock(
        self,
        *,
        advance: str | timedelta | Omitted | None = OMITTED,
        to: str | datetime | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> SandboxClock:
        """Move the clock of the stage forward; every deadline that it passes takes effect. For admin."""
        answer: SandboxClock = self._transport.send(
            "POST", "/sandbox/clock", body=given({"advance": advance, "to": to}), key=idempotency_key, keyed=True
        ).json()
        return answer

    def notify(self, provider: str, content: str | bytes) -> NotificationOutcome:
        """A provider says that money has arrived; verified, it is credited or kept for finance, exactly once. Public."""
        answer: NotificationOutcome = self._transport.send(
            "POST",
            f"/v1/payments/{_in_path(provider)}/notifications",
            body=content.encode() if isinstance(content, str) else content,
            content_type="*/*",
        ).json()
        return answer

    def pay(
        self, payment_id: str, *, amount: int | Omitted | None = OMITTED, transaction_id: str | Omitted | None = OMITTED
    ) -> SandboxPayment:
        """Plays the provider: signs a notification and delivers it; it is returned, to be delivered again at will. Public."""
        answer: SandboxPayment = self._transport.send(
            "POST",
            f"/sandbox/payments/{_in_path(payment_id)}/pay",
            body=given({"amount": amount, "transaction_id": transaction_id}),
        ).json()
        return answer

    def read_clock(self) -> SandboxClock:
        """Return the clock of the stage. Public."""
        answer: SandboxClock = self._transport.send("GET", "/sandbox/clock").json()
        return answer

    def read_post(self, post_id: str) -> SandboxPost:
        """Return a post of the sandbox network. Public."""
        answer: SandboxPost = self._transport.send("GET", f"/sandbox/posts/{_in_path(post_id)}").json()
        return answer

    def read_profile(self, account_id: str) -> SandboxProfile:
        """Return the profile of an account on the sandbox network. Public."""
        answer: SandboxProfile = self._transport.send("GET", f"/sandbox/accounts/{_in_path(account_id)}/profile").json()
        return answer

    def write_post(
        self,
        *,
        account_id: str,
        text: str,
        urls: List[str] | Omitted = OMITTED,
        picture_ids: List[str] | Omitted = OMITTED,
        repost_of: str | Omitted | None = OMITTED,
    ) -> SandboxPost:
        """Publish a post on the sandbox network. Public."""
        answer: SandboxPost = self._transport.send(
            "POST",
            "/sandbox/posts",
            body=given(
                {
                    "account_id": account_id,
                    "text": text,
                    "urls": urls,
                    "picture_ids": picture_ids,
                    "repost_of": repost_of,
                }
            ),
        ).json()
        return answer


class ServiceResource(Resource):
    def docs(self) -> str:
        """This API for people, on one page. Public."""
        return self._transport.send("GET", "/docs").data.decode()

    def health(self) -> Health:
        """Liveness: one read of each table; 503 names the tables that cannot be read. Public."""
        answer: Health = self._transport.send("GET", "/v1/health").json()
        return answer

    def openapi(self) -> dict[str, Any]:
        """This API in OpenAPI 3.1. Public."""
        answer: dict[str, Any] = self._transport.send("GET", "/openapi.json").json()
        return answer

    def version(self) -> Version:
        """Version, stage and the grading methodology in force. Public."""
        answer: Version = self._transport.send("GET", "/v1/version").json()
        return answer


class SuspenseResource(Resource):
    def resolve(
        self,
        suspense_id: str,
        *,
        revision: int,
        resolution: Literal["credited", "returned"],
        advertiser_id: str | Omitted | None = OMITTED,
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> SuspenseItem:
        """Credit the money to an advertiser, or return it to the provider. Large amounts need two people. For finance."""
        answer: SuspenseItem = self._transport.send(
            "POST",
            f"/v1/suspense/{_in_path(suspense_id)}/resolution",
            body=given({"revision": revision, "resolution": resolution, "advertiser_id": advertiser_id, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def waiting(
        self, *, limit: int | Omitted = OMITTED, status: Literal["open", "credited", "returned"] | Omitted = OMITTED
    ) -> Pages[SuspenseItem]:
        """Money that fits no open payment, oldest first; with `status` what was resolved, newest first. For finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/suspense",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)


class TasksResource(Resource):
    def add_accounts(self, task_id: str, *, account_ids: List[str], idempotency_key: str | None = None) -> Task:
        """Add a page of accounts to a draft. For advertiser."""
        answer: Task = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/accounts",
            body=given({"account_ids": account_ids}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def appeal(self, task_id: str, *, note: str, idempotency_key: str | None = None) -> Task:
        """Appeal a rejection, once: another auditor reviews the task as it is. For advertiser."""
        answer: Task = self._transport.send(
            "POST", f"/v1/tasks/{_in_path(task_id)}/appeal", body=given({"note": note}), key=idempotency_key, keyed=True
        ).json()
        return answer

    def cancel(
        self,
        task_id: str,
        *,
        reason_code: str,
        note: str | Omitted | None = OMITTED,
        revision: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Task:
        """Cancel a task: unanswered orders are free, accepted ones are compensated, published ones go on. For advertiser."""
        answer: Task = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/cancel",
            body=given({"reason_code": reason_code, "note": note, "revision": revision}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def create(
        self,
        *,
        title: str,
        content: ContentIn,
        window: WindowIn,
        accept_by: str | datetime,
        kind: Literal["post", "repost"],
        source_url: str | Omitted | None = OMITTED,
        retention: str | timedelta | Omitted = OMITTED,
        draft_approval: bool | Omitted = OMITTED,
        publishing: PublishingIn | Omitted = OMITTED,
        account_ids: List[str] | Omitted | None = OMITTED,
        reserve_account_ids: List[str] | Omitted = OMITTED,
        max_total: MoneyIn | Omitted | None = OMITTED,
        call: CallIn | Omitted | None = OMITTED,
        draft: bool | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Task:
        """Create a task; its total is held and it waits for review, unless it is a draft. For advertiser."""
        answer: Task = self._transport.send(
            "POST",
            "/v1/tasks",
            body=given(
                {
                    "title": title,
                    "content": content,
                    "source_url": source_url,
                    "window": window,
                    "accept_by": accept_by,
                    "retention": retention,
                    "draft_approval": draft_approval,
                    "publishing": publishing,
                    "kind": kind,
                    "account_ids": account_ids,
                    "reserve_account_ids": reserve_account_ids,
                    "max_total": max_total,
                    "call": call,
                    "draft": draft,
                }
            ),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def edit(
        self,
        task_id: str,
        *,
        title: str,
        content: ContentIn,
        window: WindowIn,
        accept_by: str | datetime,
        kind: Literal["post", "repost"],
        source_url: str | Omitted | None = OMITTED,
        retention: str | timedelta | Omitted = OMITTED,
        draft_approval: bool | Omitted = OMITTED,
        publishing: PublishingIn | Omitted = OMITTED,
        account_ids: List[str] | Omitted | None = OMITTED,
        reserve_account_ids: List[str] | Omitted = OMITTED,
        max_total: MoneyIn | Omitted | None = OMITTED,
        call: CallIn | Omitted | None = OMITTED,
        draft: bool | Omitted = OMITTED,
    ) -> Task:
        """Edit a rejected task and submit it again, or edit a draft. For advertiser."""
        answer: Task = self._transport.send(
            "PUT",
            f"/v1/tasks/{_in_path(task_id)}",
            body=given(
                {
                    "title": title,
                    "content": content,
                    "source_url": source_url,
                    "window": window,
                    "accept_by": accept_by,
                    "retention": retention,
                    "draft_approval": draft_approval,
                    "publishing": publishing,
                    "kind": kind,
                    "account_ids": account_ids,
                    "reserve_account_ids": reserve_account_ids,
                    "max_total": max_total,
                    "call": call,
                    "draft": draft,
                }
            ),
        ).json()
        return answer

    def list(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal["draft", "in_review", "rejected", "running", "completed", "cancelled", "stopped"]
        | Literal["stuck"]
        | Omitted
        | None = OMITTED,
        advertiser_id: str | Omitted | None = OMITTED,
    ) -> Pages[TaskSummary]:
        """The advertiser's tasks, newest first; staff see everybody's, and the stuck ones. For advertiser, auditor, finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/tasks",
                query=given(
                    {
                        "limit": limit,
                        "status": status,
                        "advertiser_id": advertiser_id,
                        "cursor": OMITTED if cursor is None else cursor,
                    }
                ),
            ).json()

        return Pages(fetch)

    def make_report_link(self, task_id: str, *, idempotency_key: str | None = None) -> ReportLink:
        """A link to the report as a page, for people without an account here; it expires. For advertiser."""
        answer: ReportLink = self._transport.send(
            "POST", f"/v1/tasks/{_in_path(task_id)}/report/link", key=idempotency_key, keyed=True
        ).json()
        return answer

    def orders(
        self,
        task_id: str,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal[
            "pending",
            "offered",
            "accepted",
            "declined",
            "lapsed",
            "published",
            "completed",
            "failed",
            "cancelled",
            "stopped",
            "disputed",
        ]
        | Literal["stuck"]
        | Omitted
        | None = OMITTED,
    ) -> Pages[Order]:
        """The orders of a task, in the order of its accounts. For advertiser, auditor, finance."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/tasks/{_in_path(task_id)}/orders",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def pictures(self, task_id: str, *, limit: int | Omitted = OMITTED) -> Pages[Picture]:
        """The pictures of a task as they were submitted, each with a link to fetch it; those of an open call for creators too. For advertiser, auditor, finance, creator."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                f"/v1/tasks/{_in_path(task_id)}/pictures",
                query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def preview_cancellation(self, task_id: str) -> Cancellation:
        """What cancelling would pay or return for each order, now. For advertiser."""
        answer: Cancellation = self._transport.send("GET", f"/v1/tasks/{_in_path(task_id)}/cancellation").json()
        return answer

    def quote(
        self, *, kind: Literal["post", "repost"], account_ids: List[str], idempotency_key: str | None = None
    ) -> Quote:
        """What orders of these accounts would cost now; nothing is stored. For advertiser."""
        answer: Quote = self._transport.send(
            "POST",
            "/v1/quotes",
            body=given({"kind": kind, "account_ids": account_ids}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def read(self, task_id: str) -> Task:
        """A task with its totals and the counts of its orders. For advertiser, auditor, finance."""
        answer: Task = self._transport.send("GET", f"/v1/tasks/{_in_path(task_id)}").json()
        return answer

    def report(self, task_id: str) -> Report:
        """What each order and all together cost and brought, beside the forecast and comparable orders; as CSV with `Accept: For advertiser, auditor, finance."""
        answer: Report = self._transport.send("GET", f"/v1/tasks/{_in_path(task_id)}/report").json()
        return answer

    def report_csv(self, task_id: str) -> str:
        """As CSV: What each order and all together cost and brought, beside the forecast and comparable orders; as CSV with `Accept: For advertiser, auditor, finance."""
        return self._transport.send("GET", f"/v1/tasks/{_in_path(task_id)}/report", accept="text/csv").data.decode(
            "utf-8-sig"
        )

    def report_page(self, task_id: str, *, key: str) -> str:
        """The report as a page, by a link that the advertiser made. Public."""
        return self._transport.send(
            "GET", f"/tasks/{_in_path(task_id)}/report", query=given({"key": key})
        ).data.decode()

    def retry(self, task_id: str, *, idempotency_key: str | None = None) -> Task:
        """Run the workflow of a stuck task again, from where the task stands. For auditor, finance."""
        answer: Task = self._transport.send(
            "POST", f"/v1/tasks/{_in_path(task_id)}/retry", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def review(
        self,
        task_id: str,
        *,
        revision: int,
        decision: Literal["approved", "rejected"],
        reasons: List[ReasonIn] | Omitted = OMITTED,
        idempotency_key: str | None = None,
    ) -> Task:
        """Approve a task, or reject it with reasons. For auditor."""
        answer: Task = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/review",
            body=given({"revision": revision, "decision": decision, "reasons": reasons}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def revoke_report_links(self, task_id: str) -> ReportLinksRevoked:
        """Revoke every link to the report that was made so far. For advertiser."""
        answer: ReportLinksRevoked = self._transport.send("DELETE", f"/v1/tasks/{_in_path(task_id)}/report/link").json()
        return answer

    def stop(
        self,
        task_id: str,
        *,
        reason_code: str,
        note: str | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Task:
        """The platform stops a task: unpublished orders are free, published ones are taken down and paid. For auditor."""
        answer: Task = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/stop",
            body=given({"reason_code": reason_code, "note": note}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def submit(self, task_id: str, *, idempotency_key: str | None = None) -> Task:
        """Submit a draft; its total is held and it waits for review. For advertiser."""
        answer: Task = self._transport.send(
            "POST", f"/v1/tasks/{_in_path(task_id)}/submit", body={}, key=idempotency_key, keyed=True
        ).json()
        return answer

    def upload_outcomes(
        self, task_id: str, content: str | bytes, *, idempotency_key: str | None = None
    ) -> OutcomesTaken:
        """Sales or other conversions by link (CSV: code, outcomes, and optionally value in minor units), in place of earlier ones. For advertiser."""
        answer: OutcomesTaken = self._transport.send(
            "POST",
            f"/v1/tasks/{_in_path(task_id)}/outcomes",
            body=content.encode() if isinstance(content, str) else content,
            content_type="text/csv",
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def waiting(self, *, limit: int | Omitted = OMITTED) -> Pages[TaskInReview]:
        """The review queue: due first at the head, with lint findings and what was changed since the last submission. For auditor."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET", "/v1/reviews", query=given({"limit": limit, "cursor": OMITTED if cursor is None else cursor})
            ).json()

        return Pages(fetch)


class WalletResource(Resource):
    def entries(
        self,
        *,
        since: str | datetime | Omitted | None = OMITTED,
        until: str | datetime | Omitted | None = OMITTED,
        month: str | Omitted | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        limit: int | Omitted = OMITTED,
        kind: str | Omitted | None = OMITTED,
        sort: Literal["at", "-at"] | Omitted = OMITTED,
    ) -> Pages[Entry]:
        """The caller's statement with the balance after each entry, paged both ways; as CSV with `Accept: text/csv`. For advertiser, creator."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/wallet/entries",
                query=given(
                    {
                        "since": since,
                        "until": until,
                        "month": month,
                        "as": as_,
                        "limit": limit,
                        "kind": kind,
                        "sort": sort,
                        "cursor": OMITTED if cursor is None else cursor,
                    }
                ),
            ).json()

        return Pages(fetch)

    def entries_csv(
        self,
        *,
        since: str | datetime | Omitted | None = OMITTED,
        until: str | datetime | Omitted | None = OMITTED,
        month: str | Omitted | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        limit: int | Omitted = OMITTED,
        kind: str | Omitted | None = OMITTED,
        sort: Literal["at", "-at"] | Omitted = OMITTED,
    ) -> str:
        """As CSV: The caller's statement with the balance after each entry, paged both ways; as CSV with `Accept: text/csv`. For advertiser, creator."""
        return self._transport.send(
            "GET",
            "/v1/wallet/entries",
            query=given(
                {"since": since, "until": until, "month": month, "as": as_, "limit": limit, "kind": kind, "sort": sort}
            ),
            accept="text/csv",
        ).data.decode("utf-8-sig")

    def read(self, *, as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED) -> Wallet:
        """The caller's wallet: available, held, withdrawing. For advertiser, creator."""
        answer: Wallet = self._transport.send("GET", "/v1/wallet", query=given({"as": as_})).json()
        return answer

    def read_top_up(self, topup_id: str) -> TopUp:
        """One of the caller's top-ups. For advertiser."""
        answer: TopUp = self._transport.send("GET", f"/v1/wallet/topups/{_in_path(topup_id)}").json()
        return answer

    def read_withdrawal(self, withdrawal_id: str) -> Withdrawal:
        """One of the caller's withdrawals. For advertiser, creator."""
        answer: Withdrawal = self._transport.send("GET", f"/v1/wallet/withdrawals/{_in_path(withdrawal_id)}").json()
        return answer

    def summary(
        self,
        *,
        since: str | datetime | Omitted | None = OMITTED,
        until: str | datetime | Omitted | None = OMITTED,
        month: str | Omitted | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
    ) -> WalletSummary:
        """Opening and closing balance of a period, and what came and went between, by kind. For advertiser, creator."""
        answer: WalletSummary = self._transport.send(
            "GET", "/v1/wallet/summary", query=given({"since": since, "until": until, "month": month, "as": as_})
        ).json()
        return answer

    def top_up(
        self, *, amount: MoneyIn, provider: str | Omitted | None = OMITTED, idempotency_key: str | None = None
    ) -> TopUp:
        """Starts a top-up; the payer goes to pay_url. For advertiser."""
        answer: TopUp = self._transport.send(
            "POST",
            "/v1/wallet/topups",
            body=given({"amount": amount, "provider": provider}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def top_ups(
        self,
        *,
        limit: int | Omitted = OMITTED,
        status: Literal["pending", "paid", "expired"] | Omitted | None = OMITTED,
    ) -> Pages[TopUp]:
        """The caller's top-ups, newest first; of one `status` or all. For advertiser."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/wallet/topups",
                query=given({"limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}),
            ).json()

        return Pages(fetch)

    def withdraw(
        self,
        *,
        amount: MoneyIn,
        provider: str | Omitted | None = OMITTED,
        payee: PayeeIn | Omitted | None = OMITTED,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        idempotency_key: str | None = None,
    ) -> Withdrawal:
        """Takes earnings, or an unspent balance, out of the market. For advertiser, creator."""
        answer: Withdrawal = self._transport.send(
            "POST",
            "/v1/wallet/withdrawals",
            query=given({"as": as_}),
            body=given({"amount": amount, "provider": provider, "payee": payee}),
            key=idempotency_key,
            keyed=True,
        ).json()
        return answer

    def withdrawals(
        self,
        *,
        as_: Literal["advertiser", "creator"] | Omitted | None = OMITTED,
        limit: int | Omitted = OMITTED,
        status: Literal["requested", "paid", "failed"] | Omitted | None = OMITTED,
    ) -> Pages[Withdrawal]:
        """The caller's withdrawals, newest first. For advertiser, creator."""

        def fetch(cursor: str | None) -> Any:
            return self._transport.send(
                "GET",
                "/v1/wallet/withdrawals",
                query=given(
                    {"as": as_, "limit": limit, "status": status, "cursor": OMITTED if cursor is None else cursor}
                ),
            ).json()

        return Pages(fetch)


class Resources:
    """All of them."""

    def __init__(self, transport: Transport) -> None:
        self.accounts = AccountsResource(transport)
        self.advertisers = AdvertisersResource(transport)
        self.appeals = AppealsResource(transport)
        self.applications = ApplicationsResource(transport)
        self.calls = CallsResource(transport)
        self.decisions = DecisionsResource(transport)
        self.disputes = DisputesResource(transport)
        self.exports = ExportsResource(transport)
        self.grades = GradesResource(transport)
        self.ledger = LedgerResource(transport)
        self.links = LinksResource(transport)
        self.me = MeResource(transport)
        self.orders = OrdersResource(transport)
        self.payouts = PayoutsResource(transport)
        self.pictures = PicturesResource(transport)
        self.plans = PlansResource(transport)
        self.sandbox = SandboxResource(transport)
        self.service = ServiceResource(transport)
        self.suspense = SuspenseResource(transport)
        self.tasks = TasksResource(transport)
        self.wallet = WalletResource(transport)
