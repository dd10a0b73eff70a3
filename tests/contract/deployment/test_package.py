"""The built package: its handlers, modules, tables, policies and state machines."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from chalicelib.core.regions.region import NAMES, named
from chalicelib.core.regions.working_days import local_time
from chalicelib.store import AccountsRecord, ClicksRecord, EventsRecord, TasksRecord, WalletRecord, WebhookSecretsRecord
from infra import package
from infra.client_keys import require_keys
from infra.log_groups import LOG_RETENTION_DAYS
from infra.release_alias import SHIFTED, fingerprint
from testing.in_force import iam_in_force

Template = dict[str, Any]
pytestmark = pytest.mark.xdist_group("package")  # it is built once


@pytest.fixture(scope="session")
def template() -> Template:
    """The built template. cfn-lint has accepted it, or the build would have failed."""
    package.build()
    document: Template = json.loads(package.TEMPLATE.read_text())
    return document


def _functions(template: Template) -> dict[str, Template]:
    return {n: r["Properties"] for n, r in template["Resources"].items() if r["Type"] == "AWS::Serverless::Function"}


def test_every_handler_is_in_the_map(template: Template) -> None:
    functions = _functions(template)
    expected = set(iam_in_force.FUNCTIONS)
    assert set(functions) == expected
    assert all(function["Handler"].startswith("app.") for function in functions.values())


def test_the_package_holds_every_module_it_imports(template: Template, tmp_path: Path) -> None:
    with zipfile.ZipFile(package.ZIP) as packed:
        packed.extractall(tmp_path)
        names = packed.namelist()
    assert any(name.startswith("pynamodb/") and name.endswith(".pyc") for name in names), "dependencies are compiled"
    standard = [
        path for path in sys.path if path and "site-packages" not in path and Path(path).name != package.ROOT.name
    ]
    code = (
        f"import sys; sys.path[:] = {[*standard, str(tmp_path)]!r}; import app; "
        "late = {'alipay', 'OpenSSL', 'requests'} & set(sys.modules); assert not late, late; "
        "import alipay, chalicelib.payments.alipay; print(app.__file__)"
    )
    passed_on = ("WALLET_TABLE", "TASKS_TABLE", "ACCOUNTS_TABLE", "AWS_REGION", "STAGE", "SANDBOX")
    environment = {name: os.environ[name] for name in passed_on}
    done = subprocess.run([sys.executable, "-I", "-c", code], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert str(tmp_path) in done.stdout


def test_botocore_describes_only_the_called_services(template: Template) -> None:
    with zipfile.ZipFile(package.ZIP) as packed:
        described = {name.split("/")[2] for name in packed.namelist() if re.match(r"botocore/data/[^/]+/.", name)}
    program = [package.ROOT / "app.py", *(package.ROOT / "chalicelib").rglob("*.py")]
    named = {name for path in program for name in re.findall(r"client\(\"(\w+)\"", path.read_text("utf-8"))}
    assert "dynamodb" in named
    assert named == package.SERVICES == described
    assert package.ZIP.stat().st_size < 25e6


def test_tables_have_the_keys_and_indexes_that_the_records_use(template: Template) -> None:
    for logical_id, record in (
        ("WalletTable", WalletRecord),
        ("TasksTable", TasksRecord),
        ("AccountsTable", AccountsRecord),
        ("ClicksTable", ClicksRecord),
        ("EventsTable", EventsRecord),
        ("WebhookSecretsTable", WebhookSecretsRecord),
    ):
        table = template["Resources"][logical_id]["Properties"]
        indexes = {
            index["IndexName"]: (
                {key["KeyType"]: key["AttributeName"] for key in index["KeySchema"]},
                index["Projection"]["ProjectionType"],
                sorted(index["Projection"].get("NonKeyAttributes", [])),
            )
            for index in table.get("GlobalSecondaryIndexes", [])
        }
        schema = record._get_schema()
        declared = {
            index["index_name"]: (
                {key["KeyType"]: key["AttributeName"] for key in index["key_schema"]},
                index["projection"]["ProjectionType"],
                sorted(index["projection"].get("NonKeyAttributes", [])),
            )
            for index in schema.get("global_secondary_indexes", [])
        }
        assert indexes == declared, logical_id
        assert table["BillingMode"] == "PAY_PER_REQUEST"
        assert table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"]
    assert template["Parameters"]["WalletDeletionProtection"]["Default"] == "true"


ANYWHERE = {
    "xray:PutTraceSegments": "X-Ray has no resources",
    "xray:PutTelemetryRecords": "X-Ray has no resources",
    "xray:GetSamplingRules": "X-Ray has no resources",
    "xray:GetSamplingTargets": "X-Ray has no resources",
    "states:SendTaskSuccess": "the token is the resource; IAM cannot scope it",
    "states:SendTaskFailure": "the token is the resource; IAM cannot scope it",
    **{
        f"logs:{action}": "Step Functions requires these on every log group to deliver a machine's log"
        for action in (
            "CreateLogDelivery",
            "DeleteLogDelivery",
            "DescribeLogGroups",
            "DescribeResourcePolicies",
            "GetLogDelivery",
            "ListLogDeliveries",
            "PutResourcePolicy",
            "UpdateLogDelivery",
        )
    },
}


def _statements(template: Template) -> list[tuple[str, Template]]:
    found = []
    for name, resource in template["Resources"].items():
        if resource["Type"] == "AWS::IAM::Role":
            for policy in resource["Properties"].get("Policies", []):
                found += [(name, statement) for statement in policy["PolicyDocument"]["Statement"]]
    return found


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def test_rule_22_tables_outlive_the_stack(template: Template) -> None:
    tables = {n: found for n, found in template["Resources"].items() if found["Type"] == "AWS::DynamoDB::Table"}
    assert len(tables) >= 3
    for name, table in tables.items():
        assert ("TimeToLiveSpecification" in table["Properties"]) == (name == "EventsTable"), "only copies expire"
        assert table["Properties"]["PointInTimeRecoverySpecification"] == {"PointInTimeRecoveryEnabled": True}
        assert table["DeletionPolicy"] == "RetainExceptOnCreate"


def test_users_secrets_and_pictures_outlive_the_stack(template: Template) -> None:
    outliving = ("AWS::Cognito::UserPool", "AWS::SecretsManager::Secret", "AWS::S3::Bucket", "AWS::DynamoDB::Table")
    for name, resource in template["Resources"].items():
        if resource["Type"] in outliving:
            policies = resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy")
            assert policies == ("RetainExceptOnCreate", "Retain"), name


def test_replaced_uploads_and_exports_expire(template: Template) -> None:
    rules = template["Resources"]["PicturesBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]
    expiry = {rule["Prefix"]: rule["NoncurrentVersionExpiration"]["NoncurrentDays"] for rule in rules}
    assert expiry == {"pictures/": 30, "exports/": 1}, "what tasks show lies under shown/ and stays"


def test_web_pages_can_upload_and_read_nothing(template: Template) -> None:
    (rule,) = template["Resources"]["PicturesBucket"]["Properties"]["CorsConfiguration"]["CorsRules"]
    assert (rule["AllowedOrigins"], rule["AllowedMethods"]) == (["*"], ["POST"])


def test_every_request_and_failed_execution_is_logged_without_content(template: Template) -> None:
    resources = template["Resources"]
    condition, logged, _ = resources["RestAPI"]["Properties"]["AccessLogSetting"]["Fn::If"]
    assert condition == "AccessIsLogged"
    assert template["Parameters"]["AccessLog"]["Default"] == "on"
    fields = json.loads(logged["Format"])
    assert {"request_id", "sub", "method", "route", "status", "ip"} <= fields.keys()
    assert not re.search(r"(?i)header|querystring|authorization|context\.path", logged["Format"])
    for logical_id in package.MACHINES:
        logging = resources[logical_id]["Properties"]["LoggingConfiguration"]
        assert (logging["Level"], logging["IncludeExecutionData"]) == ("ERROR", False), logical_id
        (destination,) = logging["Destinations"]
        assert destination["CloudWatchLogsLogGroup"]["LogGroupArn"] == {"Fn::GetAtt": ["WorkflowLogs", "Arn"]}
    groups = [found for found in resources.values() if found["Type"] == "AWS::Logs::LogGroup"]
    assert {found["Properties"]["RetentionInDays"] for found in groups} == {LOG_RETENTION_DAYS}


@pytest.mark.parametrize("region", NAMES)
def test_rule_23_nightly_jobs_run_in_the_small_hours_of_the_region(template: Template, region: str) -> None:
    assert template["Parameters"]["Region"]["AllowedValues"] == list(NAMES)
    for function in package.NIGHTLY:
        (event,) = template["Resources"][function]["Properties"]["Events"].values()
        assert event["Properties"]["Schedule"] == {"Fn::FindInMap": ["Nights", {"Ref": "Region"}, function]}
        hour = int(template["Mappings"]["Nights"][region][function].removeprefix("cron(0 ").removesuffix(" * * ? *)"))
        for month in (1, 7):
            local = local_time(datetime(2026, month, 15, hour, tzinfo=UTC), named(region).time_zone)
            assert 3 <= local.hour <= 5, local


def test_what_is_stored_is_encrypted_and_not_public(template: Template) -> None:
    resources = template["Resources"]

    def of_type(name: str) -> dict[str, Template]:
        return {key: found["Properties"] for key, found in resources.items() if found["Type"] == name}

    for logical_id, table in of_type("AWS::DynamoDB::Table").items():
        assert table["SSESpecification"] == {"SSEEnabled": True}, logical_id
    for logical_id, queue in of_type("AWS::SQS::Queue").items():
        assert queue["SqsManagedSseEnabled"] is True, logical_id
    policies = of_type("AWS::S3::BucketPolicy").values()
    for logical_id, bucket in of_type("AWS::S3::Bucket").items():
        (rule,) = bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"]
        assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] in ("AES256", "aws:kms"), logical_id
        kinds = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        assert bucket["PublicAccessBlockConfiguration"] == dict.fromkeys(kinds, True), logical_id
        (mine,) = (found["PolicyDocument"]["Statement"] for found in policies if found["Bucket"] == {"Ref": logical_id})
        arn = {"Fn::GetAtt": [logical_id, "Arn"]}
        refused = [s for s in mine if s["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}]
        assert [(s["Effect"], s["Principal"], s["Action"]) for s in refused] == [("Deny", "*", "s3:*")], logical_id
        assert refused[0]["Resource"] == [arn, {"Fn::Sub": f"${{{logical_id}.Arn}}/*"}]
        assert not [s for s in mine if s["Effect"] == "Allow"], logical_id
    secrets = of_type("AWS::SecretsManager::Secret")
    given = {key for key, found in secrets.items() if found.get("SecretString") not in (None, "{}")}
    assert secrets
    assert not given, "a secret is generated, or written by the operator"
    variables = json.dumps([template["Globals"], _functions(template)])
    assert not re.search(r"(?i)(password|private_key|token)[^a-z]*[\"']:\s*[\"'][^{]", variables)


def test_policies_name_what_they_allow(template: Template) -> None:
    statements = _statements(template)
    assert len(statements) > 20
    for role, statement in statements:
        actions = _list(statement["Action"])
        assert all("*" not in action for action in actions), (role, actions)
        if "*" in _list(statement["Resource"]):
            assert set(actions) <= set(ANYWHERE), (role, actions)


def test_timeouts_of_functions_are_declared_once(template: Template) -> None:
    stage = json.loads((package.ROOT / ".chalice" / "config.json").read_text())["stages"]["market"]
    own = {
        name: declared.get("lambda_timeout", stage["lambda_timeout"])
        for name, declared in stage["lambda_functions"].items()
    }
    found = {
        name: resource["Properties"]["Timeout"]
        for name, resource in template["Resources"].items()
        if resource["Type"] == "AWS::Serverless::Function" and name != "APIHandler"
    }
    assert found == {name.title().replace("_", ""): seconds for name, seconds in own.items()}
    assert found["RegradeStep"] == 300, "docs/reference/grading.md says five minutes"


def test_each_function_has_a_role_of_its_own(template: Template) -> None:
    roles = [function["Role"]["Fn::GetAtt"][0] for function in _functions(template).values()]
    assert len(set(roles)) == len(roles)


def test_no_function_can_delete_from_the_wallet(template: Template) -> None:
    for role, statement in _statements(template):
        resources = json.dumps(statement["Resource"])
        if "-wallet" in resources:
            assert "dynamodb:DeleteItem" not in _list(statement["Action"]), role
            assert "dynamodb:BatchWriteItem" not in _list(statement["Action"]), role


def test_rights_for_logs_and_streams_follow_the_wiring(template: Template) -> None:
    """Logs go to the function's own log group, which the template creates; streams and dead letters are granted to the
    functions that have them."""
    resources = template["Resources"]
    mappings = [r["Properties"] for r in resources.values() if r["Type"] == "AWS::Lambda::EventSourceMapping"]
    account = "${AWS::Partition}:%s:${AWS::Region}:${AWS::AccountId}:"
    for name, function in _functions(template).items():
        needed = {("logs:CreateLogStream", "logs"), ("logs:PutLogEvents", "logs")}
        arns = {"logs": "arn:" + account % "logs" + "log-group:/aws/lambda/${AWS::StackName}-" + name + "-*"}
        if function.get("Tracing") == "Active":
            needed |= {("xray:PutTraceSegments", "*"), ("xray:PutTelemetryRecords", "*")}
        queues = [function["DeadLetterQueue"]["TargetArn"]] if "DeadLetterQueue" in function else []
        for mapping in (found for found in mappings if found["FunctionName"] == {"Ref": f"{name}.Alias"}):
            table = mapping["EventSourceArn"]["Fn::GetAtt"][0]
            if resources[table]["Type"] == "AWS::SQS::Queue":
                needed |= {
                    (f"sqs:{action}", table) for action in ("ReceiveMessage", "DeleteMessage", "GetQueueAttributes")
                }
                arns[table] = "arn:" + account % "sqs" + _named(resources[table], "QueueName")
                continue
            reads = ("GetRecords", "GetShardIterator", "DescribeStream", "ListStreams")
            needed |= {(f"dynamodb:{action}", table) for action in reads}
            arns[table] = "arn:" + account % "dynamodb" + f"table/{_named(resources[table], 'TableName')}/stream/*"
            queues.append(mapping["DestinationConfig"]["OnFailure"]["Destination"])
        for queue in (found["Fn::GetAtt"][0] for found in queues):
            needed.add(("sqs:SendMessage", queue))
            arns[queue] = "arn:" + account % "sqs" + _named(resources[queue], "QueueName")
        granted = {
            (action, _text(resource))
            for role, statement in _statements(template)
            if role == function["Role"]["Fn::GetAtt"][0]
            for action in _list(statement["Action"])
            for resource in _list(statement["Resource"])
            if (action.partition(":")[0] in ("logs", "xray", "sqs") or "/stream/" in _text(resource))
            and not (action in BY_THE_PROGRAM and _text(resource).endswith(("-deliveries", "-emails")))
        }
        assert granted == {(action, arns.get(where, where)) for action, where in needed}, name


BY_THE_PROGRAM = ("sqs:SendMessage", "sqs:ChangeMessageVisibility")
"""Actions of functions on the queues of deliveries and e-mails; tests/integration/infra/test_policies.py checks their use."""


def _named(resource: Template, name: str) -> str:
    return _text(resource["Properties"][name])


def _text(value: Any) -> str:
    return str(value["Fn::Sub"] if isinstance(value, dict) else value)


def test_machines_invoke_their_own_functions_alone(template: Template) -> None:
    for logical_id in package.MACHINES:
        machine = template["Resources"][logical_id]["Properties"]
        role = machine["RoleArn"]["Fn::GetAtt"][0]
        mine = [statement for found, statement in _statements(template) if found == role]
        invoked = [s["Resource"] for s in mine if "lambda:InvokeFunction" in _list(s["Action"])]
        assert invoked == list(machine["DefinitionSubstitutions"].values()), logical_id
        others = {a for s in mine if s["Resource"] == "*" for a in _list(s["Action"])}
        assert any(action.startswith("xray:") for action in others) == machine["TracingConfiguration"]["Enabled"]
        assert {action.partition(":")[0] for action in others} <= {"xray", "logs"}


def test_machines_get_every_function_they_name(template: Template) -> None:
    for logical_id in package.MACHINES:
        machine = template["Resources"][logical_id]["Properties"]
        named = set(re.findall(r"\$\{(\w+)\}", machine["DefinitionString"]))
        assert named == set(machine["DefinitionSubstitutions"]), logical_id
        states = json.loads(machine["DefinitionString"])["States"]
        assert all("Comment" in state for state in states.values()), logical_id


def test_responses_of_the_gateway_are_problem_documents(template: Template) -> None:
    """The responses are in the API's definition, so that a change deploys the API again."""
    answers = template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    assert {
        "UNAUTHORIZED",
        "THROTTLED",
        "QUOTA_EXCEEDED",
        "INVALID_API_KEY",
        "DEFAULT_4XX",
        "DEFAULT_5XX",
    } <= answers.keys()
    for answer in answers.values():
        document = json.loads(answer["responseTemplates"]["application/json"])
        assert document["status"] == int(answer["statusCode"])
        assert document["request_id"] == "$context.requestId"
        headers = {name.removeprefix("gatewayresponse.header.") for name in answer["responseParameters"]}
        assert {"Strict-Transport-Security", "X-Content-Type-Options", "Referrer-Policy"} <= headers
        assert ("Retry-After" in headers) == (document["status"] in (429, 503))
        assert ("WWW-Authenticate" in headers) == (document["status"] == 401)
    assert {answers[kind]["statusCode"] for kind in ("THROTTLED", "QUOTA_EXCEEDED")} == {"429"}


def _references(node: Any) -> set[str]:
    """Return the names of the resources that it refers to."""
    match node:
        case {"Ref": str(name)}:
            return {name}
        case {"Fn::GetAtt": [str(name), *_]}:
            return {name}
        case {"Fn::Sub": str(text)}:
            return {name.partition(".")[0] for name in re.findall(r"\$\{([\w.]+)\}", text)}
        case {"Fn::Sub": [str(text), dict(values)]}:
            return _references({"Fn::Sub": text}) - values.keys() | _references(values)
        case dict():
            return set().union(*map(_references, node.values()))
        case list():
            return set().union(*map(_references, node))
    return set()


def test_callers_use_the_alias_of_a_function(template: Template) -> None:
    """Only monitoring refers to the function itself, with all of its versions."""
    functions = set(_functions(template))
    called: set[str] = set()
    for name, resource in {
        **template["Resources"],
        **{f"output {n}": o for n, o in template["Outputs"].items()},
    }.items():
        found = _references(resource)
        called |= {function for function in functions if f"{function}.Alias" in found}
        if found & functions:
            watches = ("AWS::Logs::LogGroup", "AWS::CloudWatch::Alarm", "AWS::CloudWatch::Dashboard")
            assert resource.get("Type") in watches, name
    by_rules = {name for name, function in _functions(template).items() if "Events" in function}
    assert called | by_rules == functions
    assert template["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["info"]["title"] == {
        "Ref": "AWS::StackName"
    }
    integrations = json.dumps(template["Resources"]["RestAPI"])
    assert "APIHandler.Alias" in integrations
    assert "APIHandler.Arn" not in integrations


def test_frequently_called_functions_shift_in_steps(template: Template) -> None:
    for name, function in _functions(template).items():
        assert (function["AutoPublishAlias"], function["AutoPublishCodeSha256"]) == ("live", "ReleaseFingerprint")
        if shifted := function.get("DeploymentPreference"):
            assert shifted["Enabled"] == {"Ref": "Canary"}
            assert {template["Resources"][alarm["Ref"]]["Type"] for alarm in shifted["Alarms"]} == {
                "AWS::CloudWatch::Alarm"
            }
        assert bool(shifted) == (name in SHIFTED)
        assert template["Resources"][name]["DeletionPolicy"] == "Delete", "of replaced versions"
    assert template["Globals"]["Function"]["Environment"]["Variables"]["RELEASE"] == "ReleaseFingerprint", (
        "a change of the function"
    )
    assert template["Parameters"]["Canary"]["Default"] == "false", "CodeDeploy is on AWS only"


def test_the_fingerprint_identifies_code_and_settings(template: Template) -> None:
    def of(package: str = "p", **parameters: str) -> str:
        return fingerprint(template, package, parameters)

    before = of(Rules="{}")
    assert of(Rules="{}", Canary="true") == before
    assert len({before, of(Rules="{ }"), of("q", Rules="{}")}) == 3
    changed = json.loads(json.dumps(template))
    changed["Resources"]["Sweep"]["Properties"]["MemorySize"] = 1024
    assert fingerprint(changed, "p", {"Rules": "{}"}) != before
    changed = json.loads(json.dumps(template))
    changed["Resources"]["SweepErrorsAlarm"]["Properties"]["Threshold"] = 7
    assert fingerprint(changed, "p", {"Rules": "{}"}) == before


def test_the_stage_is_throttled(template: Template) -> None:
    (every,) = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert (every["HttpMethod"], every["ResourcePath"]) == ("*", "/*")
    assert 0 < every["ThrottlingRateLimit"] <= every["ThrottlingBurstLimit"]


def test_the_usage_plan_applies_only_to_methods_with_keys(template: Template) -> None:
    plan = template["Resources"]["ClientPlan"]["Properties"]
    assert plan["ApiStages"] == [{"ApiId": {"Ref": "RestAPI"}, "Stage": {"Ref": "RestAPI.Stage"}}]
    (stage,) = template["Resources"]["RestAPI"]["Properties"]["MethodSettings"]
    assert 0 < plan["Throttle"]["RateLimit"] <= plan["Throttle"]["BurstLimit"] < stage["ThrottlingRateLimit"]
    assert plan["Quota"]["Period"] == "DAY"

    def requirements_by_key(document: Template) -> dict[bool, set[str]]:
        """Return the schemes of a method with a key, or None if it needs no key."""
        found: dict[bool, set[str]] = {}
        for methods in document["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["paths"].values():
            for method in methods.values():
                schemes = {scheme for one in method.get("security", []) for scheme in one}
                found.setdefault("api_key" in schemes, set()).update(schemes or {"public"})
        return found

    assert requirements_by_key(template) == {False: {"Users", "public"}}, "a token is enough (the API's contract)"
    keyed = require_keys(json.loads(json.dumps(template)))
    assert requirements_by_key(keyed) == {False: {"public"}, True: {"Users", "api_key"}}
    schemes = keyed["Resources"]["RestAPI"]["Properties"]["DefinitionBody"]["securityDefinitions"]
    assert schemes["api_key"] == {"type": "apiKey", "name": "x-api-key", "in": "header"}


def test_rule_31_each_token_is_limited_by_a_web_acl(template: Template) -> None:
    resources = template["Resources"]
    assert template["Parameters"]["ClientLimit"]["Default"] == 600  # rule 31
    assert template["Conditions"]["ClientsAreLimited"] == {"Fn::Not": [{"Fn::Equals": [{"Ref": "ClientLimit"}, "0"]}]}
    for name in ("ClientWall", "ClientWallStands"):
        assert resources[name]["Condition"] == "ClientsAreLimited"
    (rule,) = resources["ClientWall"]["Properties"]["Rules"]
    counted = rule["Statement"]["RateBasedStatement"]
    assert counted["Limit"] == {"Ref": "ClientLimit"}
    assert [key["Header"]["Name"] for key in counted["CustomKeys"]] == ["authorization"]
    assert rule["Action"] == {"Block": {}}, "what is blocked is said by the gateway, with Retry-After"
    answers = resources["RestAPI"]["Properties"]["DefinitionBody"]["x-amazon-apigateway-gateway-responses"]
    assert answers["WAF_FILTERED"] == answers["THROTTLED"]
    assert answers["THROTTLED"]["responseParameters"]["gatewayresponse.header.Retry-After"] == "'1'"
