// 审核员页面的文本：首页、各审核队列、企业、历史记录。
import type { firstPage as englishFirstPage, screens as englishScreens } from "../en/auditor";
import type { Translation } from "../translation";

/** Loaded with the first page. */
export const firstPage = {
  "queue.first_due": "最早截止",
  "queue.next": "处理下一项",
  "queue.overdue": "{{count}} 项逾期",
  "queue.since": "自",
  "queue.waiting": "待办队列",
} satisfies Translation<typeof englishFirstPage>;

/** Loaded with the first screen that is not a home. */
export const screens = {
  admit: "准入",
  "appeal.claimed": "申诉数据",
  "appeal.figure": "指标",
  "appeal.recorded": "记录数据",
  approve: "通过",
  certify: "通过认证",
  changes: "较上一版的修改",
  decided: "处理结果已记录。",
  "draft.brief": "任务要求",
  due: "截止",
  "figure.active_followers": "活跃粉丝",
  "figure.following": "关注数",
  "figure.originals_share": "原创占比",
  grant: "采纳",
  "history.nothing": "暂无记录。",
  "history.rejections": "历次驳回",
  "outcome.approved": "通过",
  "outcome.credited": "已入账",
  "outcome.failed": "失败",
  "outcome.granted": "采纳",
  "outcome.paid": "已付款",
  "outcome.pay": "付款",
  "outcome.refund": "退款",
  "outcome.rejected": "驳回",
  "outcome.returned": "已退回",
  "outcome.revoked": "撤销",
  "outcome.split": "分配",
  "outcome.stopped": "停止",
  "ownership.code_given": "已发验证码",
  "ownership.unverified": "未证明",
  "ownership.verified": "已证明",
  "queue.claimed": "处理中",
  "queue.empty": "队列已清空。",
  "queue.items": "本队列",
  "queue.position": "第 {{n}} 项，共 {{of}} 项",
  "queue.skip": "下一项",
  "queue.taken": "另一位工作人员正在处理此项。您也可以处理，以先提交的决定为准。",
  reject: "驳回",
  "review.round": "轮次",
  revoke: "撤销",
  "revoke.certification": "撤销企业认证",
  "revoke.certification_hint": "未接订单免费结束；已接订单继续。",
  revoked: "已撤销。",
} satisfies Translation<typeof englishScreens>;
