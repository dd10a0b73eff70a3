// 争议的文本。
import type { screens as englishScreens } from "../en/disputes";
import type { Translation } from "../translation";

/** Loaded with the first screen that is not a home. */
export const screens = {
  "dispute.by": "发起方",
  "dispute.hint": "审核员将听取双方陈述并裁决，期间照常核查帖子。",
  "dispute.open": "发起争议",
  "dispute.opened": "争议已发起。",
  "dispute.statement": "陈述",
  "dispute.statements": "双方陈述",
  "dispute.urls": "证据链接，每行一个",
  "disputes.empty": "暂无争议。",
  ruling: "裁决",
  "ruling.outcome": "结果",
  "ruling.pay": "付款给博主",
  "ruling.refund": "退款给广告主",
  "ruling.send": "作出裁决",
  "ruling.share": "博主所得比例",
  "ruling.split": "按比例分配",
  sent: "已发送。",
} satisfies Translation<typeof englishScreens>;
