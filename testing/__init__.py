"""Actors, doubles and contracts that tests and benches share.

Importing the package sets the environment of a deployment, which the market reads when it is imported.
"""

import os

os.environ.update(
    {
        "AWS_REGION": "ap-east-1",
        "AWS_DEFAULT_REGION": "ap-east-1",
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "STAGE": "test",
        "WALLET_TABLE": "microtask-test-wallet",
        "TASKS_TABLE": "microtask-test-tasks",
        "ACCOUNTS_TABLE": "microtask-test-accounts",
        "CLICKS_TABLE": "microtask-test-clicks",
        "EVENTS_TABLE": "microtask-test-events",
        "PUBLIC_URL": "https://api.micro-task.example",
        "ALLOW_ORIGINS": "",
        "LINK_BASE": "https://go.micro-task.example",
        "USER_POOL_ID": "ap-east-1_test",
        "CONSOLE_CLIENT_ID": "console",
        "SIGN_IN_URL": "https://sign-in.micro-task.example",
        "PICTURES_BUCKET": "microtask-test-pictures-123456789012",
        "WEBHOOK_SECRETS_TABLE": "microtask-test-webhook-secrets",
        "EVENT_BUS": "microtask-test",
        "DELIVERIES_QUEUE_URL": "https://sqs.ap-east-1.amazonaws.com/123456789012/microtask-test-deliveries",
        "MOTO_ALLOW_NONEXISTENT_REGION": "true",  # for SES, which has no endpoint in this region
        "EMAIL_SENDER": "",
        "EMAIL_CONFIGURATION_SET": "microtask-test",
        "EMAILS_QUEUE_URL": "https://sqs.ap-east-1.amazonaws.com/123456789012/microtask-test-emails",
        "LOCAL_WEBHOOKS": "off",
        "TASK_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-task",
        "ORDER_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-order",
        "SCHEDULE_GROUP": "microtask-test",
        "SCHEDULE_ROLE_ARN": "arn:aws:iam::123456789012:role/microtask-test-ScheduleRole",
        "REGRADE_MACHINE_ARN": "arn:aws:states:ap-east-1:123456789012:stateMachine:microtask-test-regrade",
        "SANDBOX": "on",
        "SANDBOX_PROVIDER_SECRET_ARN": "microtask-test/sandbox-provider",
        "CURSOR_SECRET_ARN": "microtask-test/cursors",
        "LEDGER_HEAD_SECRET_ARN": "microtask-test/ledger-head",
        "ALIPAY": "off",
        "ALIPAY_SECRET": "microtask-test/alipay",
        "STRIPE": "off",
        "STRIPE_SECRET": "microtask-test/stripe",
        "WEIBO_SECRET_ARN": "microtask-test/weibo",
        "ACCOUNT_SECRETS_PREFIX": "microtask-test/publishing/",
        "BLUESKY_URL": "",
        "BLUESKY_DIRECTORY_URL": "https://plc.directory",
        "MASTODON_INSTANCES": "",
        "POWERTOOLS_LOG_LEVEL": "WARNING",
    }
)
