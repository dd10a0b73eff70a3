// 管理员页面的文本：健康状况、重新评级、决定记录、停滞的流程。
import type { firstPage as englishFirstPage, screens as englishScreens } from "../en/admin";
import type { Translation } from "../translation";

/** Loaded with the first page. */
export const firstPage = {
  "clock.hint": "时钟越过的所有截止时间都会生效。",
  "clock.hours": "前进小时数",
  "clock.move": "拨快时钟",
  "clock.moved": "时钟已拨快，相关流程几秒内跟进。",
  "clock.title": "沙箱时钟",
  "health.methodology": "评级方法",
  "health.ok": "正常",
  "health.table": "数据表 {{name}}",
  "health.version": "版本",
} satisfies Translation<typeof englishFirstPage>;

/** Loaded with the first screen that is not a home. */
export const screens = {
  "decision.account": "账号",
  "decision.advertiser": "企业",
  "decision.dispute": "争议",
  "decision.grade_appeal": "等级申诉",
  "decision.suspense": "待认领款项",
  "decision.task": "任务",
  "decision.withdrawal": "提现",
  "decisions.by": "处理人",
  "decisions.outcome": "结果",
  "decisions.subject": "对象编号",
  "execution.failed": "失败",
  "execution.running": "运行中",
  "execution.succeeded": "已完成",
  "regrade.down": "下降",
  "regrade.ended": "结束",
  "regrade.hint": "与每晚一样，重新评定所有账号。",
  "regrade.progress": "{{all}} 段中已完成 {{done}} 段",
  "regrade.run": "批次",
  "regrade.running": "进行中",
  "regrade.start": "立即重新评级",
  "regrade.up": "上升",
  regrades: "评级批次",
  "regrades.empty": "还没有批次。每晚自动运行一次。",
  "stuck.error": "错误",
  "stuck.none": "没有停滞的流程。",
  "stuck.retried": "已重新运行。",
} satisfies Translation<typeof englishScreens>;
