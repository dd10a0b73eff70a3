"""The one table of texts for codes (`GET /v1/catalogue`): each group lists its codes in their usual order, with (English, Chinese).

A group is closed if the API sends or accepts only its codes; the tests compare closed groups with the types of the program. In an
open group the codes are suggestions: a request may have any other code. The Chinese names of states are those of the transition
tables. Pure."""

from __future__ import annotations

from types import MappingProxyType

from chalicelib.catalogue import event_texts
from chalicelib.tasks.model.lifecycle import APPEAL, DISPUTE, ORDER, PAYMENT, TASK, Machine

Texts = dict[str, tuple[str, str]]


def _states(machine: Machine, english: dict[str, str]) -> Texts:
    return {code: (english[code], chinese) for code, chinese in machine.labels.items()}


GROUPS: MappingProxyType[str, Texts] = MappingProxyType(
    {
        "task_status": _states(
            TASK,
            {
                "draft": "Draft",
                "in_review": "In review",
                "rejected": "Rejected",
                "running": "Running",
                "completed": "Completed",
                "cancelled": "Cancelled",
                "stopped": "Stopped",
            },
        ),
        "order_status": _states(
            ORDER,
            {
                "pending": "Not offered yet",
                "offered": "Offered",
                "accepted": "Accepted",
                "declined": "Declined",
                "lapsed": "Lapsed",
                "published": "Published",
                "completed": "Completed",
                "failed": "Failed",
                "cancelled": "Cancelled",
                "stopped": "Stopped",
                "disputed": "Disputed",
            },
        ),
        "order_payment": _states(
            PAYMENT, {"held": "Held", "paid": "Paid", "refunded": "Refunded", "split": "Paid in part"}
        ),
        "dispute_status": _states(
            DISPUTE,
            {
                "open": "Open",
                "paid": "Ruled: paid",
                "refunded": "Ruled: refunded",
                "split": "Ruled: split",
                "unruled": "Not ruled in time",
            },
        ),
        "review_appeal_status": _states(APPEAL, {"open": "Open", "granted": "Granted", "upheld": "Rejection upheld"}),
        "certification_status": {
            "pending": ("In review", "待审核"),
            "approved": ("Certified", "已认证"),
            "rejected": ("Rejected", "未通过"),
            "revoked": ("Revoked", "已撤销"),
        },
        "account_status": {
            "pending": ("In review", "待审核"),
            "admitted": ("Admitted", "已入驻"),
            "rejected": ("Rejected", "未通过"),
            "unclaimed": ("Not claimed", "未认领"),
            "revoked": ("Revoked", "已撤销"),
        },
        "grade_appeal_status": {
            "open": ("Open", "待裁决"),
            "granted": ("Granted", "申诉成立"),
            "rejected": ("Rejected", "申诉驳回"),
        },
        "application_status": {
            "open": ("Open", "待选择"),
            "accepted": ("Picked", "已选中"),
            "declined": ("Declined", "未选中"),
            "withdrawn": ("Withdrawn", "已撤回"),
            "expired": ("Expired", "已过期"),
        },
        "plan_status": {
            "open": ("Open", "可下单"),
            "ordered": ("Ordered", "已下单"),
            "expired": ("Expired", "已过期"),
        },
        "topup_status": {
            "pending": ("Waiting for payment", "待支付"),
            "paid": ("Paid", "已到账"),
            "expired": ("Expired", "已过期"),
        },
        "withdrawal_status": {
            "requested": ("Requested", "处理中"),
            "paid": ("Paid out", "已提现"),
            "failed": ("Failed", "提现失败"),
        },
        "suspense_status": {
            "open": ("Open", "待处理"),
            "credited": ("Credited", "已入账"),
            "returned": ("Returned", "已退回"),
        },
        "certification_reason": {
            "licence_invalid": ("The business licence is invalid", "营业执照无效"),
            "name_mismatch": ("The name does not match the licence", "名称与营业执照不符"),
            "contact_false": ("The contact details are wrong", "联系方式不实"),
            "category_forbidden": ("The industry may not advertise here", "所属行业不得投放"),
        },
        "admission_reason": {
            "community_rules": ("The account breaks community rules", "违反社区规定"),
            "contact_false": ("The contact details are wrong", "联系方式不实"),
            "wrong_category": ("The category is wrong", "分类不符"),
            "low_fan_quality": ("The quality of the followers is low", "粉丝质量较低"),
        },
        "decline_reason": {
            "price": ("Price", "价格不合适"),
            "schedule": ("Schedule", "时间不合适"),
            "content": ("Content", "内容不合适"),
            "brand_conflict": ("Conflict with another brand", "品牌冲突"),
            "other": ("Other", "其他"),
        },
        "end_reason": {
            "price": ("Declined: price", "拒单：价格不合适"),
            "schedule": ("Declined: schedule", "拒单：时间不合适"),
            "content": ("Declined: content", "拒单：内容不合适"),
            "brand_conflict": ("Declined: conflict with another brand", "拒单：品牌冲突"),
            "other": ("Declined: other", "拒单：其他原因"),
            "not_answered": ("Not answered in time", "逾期未接单"),
            "account_revoked": ("The account's admission was revoked", "账号入驻资格已撤销"),
            "advertiser_revoked": ("The advertiser's certification was revoked", "广告主认证已撤销"),
            "owner_changed": ("The account has another owner", "账号已更换所有者"),
            "account_unbound": ("The account was unbound", "账号已解绑"),
            "task_cancelled": ("The advertiser cancelled the task", "广告主取消了任务"),
            "task_stopped": ("The platform stopped the task", "平台叫停了任务"),
            "not_published": ("Not published in time", "逾期未发布"),
            "not_mended": ("Not corrected in time", "逾期未修正"),
            "post_gone": ("The post is gone", "博文已被删除"),
            "post_changed": ("The post was changed", "博文已被修改"),
            "retained": ("Stayed up as agreed", "按约定保留"),
            "ruled_pay": ("Ruling: paid", "裁决：付款"),
            "ruled_refund": ("Ruling: refunded", "裁决：退款"),
            "ruled_split": ("Ruling: split", "裁决：分付"),
            "not_ruled": ("Not ruled in time", "逾期未裁决"),
        },
        "review_reason": {
            "misleading": ("Misleading", "内容误导"),
            "absolute_terms": ("Absolute terms", "使用绝对化用语"),
            "claim_unproven": ("A claim without proof", "宣传缺乏依据"),
            "goods_forbidden": ("Goods that may not be advertised", "商品禁止发布广告"),
            "picture": ("A picture is not suitable", "图片不合规"),
            "link": ("A link is not suitable", "链接不合规"),
            "rights": ("Rights of others", "侵犯他人权利"),
            "other": ("Other", "其他"),
        },
        "cancel_reason": {
            "plans_changed": ("The plans have changed", "计划变更"),
            "content": ("The content has to change", "内容需要修改"),
            "budget": ("The budget has changed", "预算变更"),
            "other": ("Other", "其他"),
        },
        "stop_reason": {
            "illegal": ("Illegal content", "内容违法"),
            "complaint": ("A complaint", "收到投诉"),
            "goods_recalled": ("The goods were recalled", "商品召回"),
            "other": ("Other", "其他"),
        },
        "revocation_reason": {
            "community_rules": ("Breach of community rules", "违反社区规定"),
            "contact_false": ("The contact details are wrong", "联系方式不实"),
            "low_fan_quality": ("The quality of the followers is low", "粉丝质量较低"),
            "licence_invalid": ("The business licence is invalid", "营业执照无效"),
            "fraud": ("Fraud", "欺诈行为"),
            "other": ("Other", "其他"),
        },
        "dispute_reason": {
            "post_gone": ("The post is gone", "博文已被删除"),
            "post_changed": ("The post was changed", "博文已被修改"),
            "not_as_agreed": ("The post is not as agreed", "与约定不符"),
            "figures": ("The figures are not genuine", "数据不真实"),
            "other": ("Other", "其他"),
        },
        "timer": event_texts.TIMERS,
        "history_event": event_texts.HISTORY_EVENTS,
        "grade": {
            "one_star": ("One star", "一星"),
            "two_star": ("Two stars", "二星"),
            "three_star": ("Three stars", "三星"),
            "four_star": ("Four stars", "四星"),
            "five_star": ("Five stars", "五星"),
            "six_star": ("Six stars", "六星"),
            "diamond": ("Diamond", "钻石"),
        },
        "lint_rule": {
            "ad-mark-missing": ("The ad mark was appended", "已自动添加广告标识"),
            "unaudited-link": ("A link that was not reviewed", "未审核的链接"),
            "source-unread": ("A post to repost that could not be read", "未能读取的被转发帖子"),
            "absolute-terms": ("Absolute terms", "绝对化用语"),
            "state-symbols": ("State symbols and organs", "国家标志与国家机关"),
            "tobacco": ("Tobacco", "烟草广告"),
            "prescription-drugs": ("Prescription drugs and narcotics", "处方药与麻醉药品"),
            "medical-promise": ("Promises of cure", "疗效承诺"),
            "return-promise": ("Promises of returns", "收益承诺"),
            "vague-disclosure": ("An unclear disclosure", "广告披露不明确"),
            "controlled-substances": ("Controlled substances", "管制药品"),
            "untrue-endorsement": ("Reviews that may be untrue", "不实评价"),
            "origin-claim": ("Claims of origin", "产地声明"),
            "environmental-claims": ("Claims about the environment", "环保声明"),
            "false-urgency": ("Offers that end soon", "限时促销"),
        },
        "order_kind": {"post": ("Post", "直发"), "repost": ("Repost", "转发")},
        "contact_rule": {
            "contact_phone": ("A phone number", "电话号码"),
            "contact_email": ("An e-mail address", "电子邮箱"),
            "contact_messenger": ("An account of a messenger", "即时通讯账号"),
            "contact_payment": ("A payment outside of the market", "站外付款"),
            "contact_link": ("A link that is not in the order", "订单以外的链接"),
        },
        "event_type": event_texts.EVENT_TYPES,
        "role": {
            "advertiser": ("Advertiser", "广告主"),
            "creator": ("Creator", "博主"),
            "auditor": ("Auditor", "审核员"),
            "finance": ("Finance", "财务"),
            "admin": ("Administrator", "管理员"),
        },
    }
)

OPEN = frozenset({"review_reason", "cancel_reason", "stop_reason", "revocation_reason", "dispute_reason"})
"""The groups whose codes are suggestions."""
