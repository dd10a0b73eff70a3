"""Micro-task: an open market place for sponsored posts. Each package is one room of the house; see docs/architecture.md."""

import sys

# botocore imports pyOpenSSL at its own start wherever it finds it. It lies here for Alipay's certificates only, and would cost
# every cold start some 170 ms of 1,100 (docs/guides/payments.md); Python's own ssl is what botocore uses everywhere else.
sys.modules.setdefault("urllib3.contrib.pyopenssl", None)  # type: ignore[arg-type]
