// 创作者页面的文本：首页、派单、公开招募、我的账号、日程。
import type { firstPage as englishFirstPage, screens as englishScreens } from "../en/creator";
import type { Translation } from "../translation";

/** Loaded with the first page. */
export const firstPage = {
  "binding.new": "绑定账号",
  "my_accounts.empty": "绑定社交账号后即可接单。",
  net: "到手",
} satisfies Translation<typeof englishFirstPage>;

/** Loaded with the first screen that is not a home. */
export const screens = {
  "account.paused_hint": "不再收到新派单，已接订单照常进行。",
  "account.pending": "审核员正在核查该账号。",
  "account.unbind": "解除绑定",
  "account.unbind_hint": "未答复的派单将免费结束，已接订单照常进行。",
  "account.unbound": "已解除绑定。",
  "appeals.none": "暂无申诉。",
  "applications.mine": "我的报名",
  "applications.none": "您还没有报名。",
  "binding.submit": "绑定",
  "calendar.empty": "暂无已承诺的发布。",
  "calendar.hint": "已承诺的发布安排。接单时按频次上限计算。",
  "calendar.two_weeks": "未来两周",
  "calendar.window": "发布时段",
  "call.applied": "报名已提交。",
  "call.apply": "报名",
  "calls.empty": "目前没有公开招募。",
  "grade.appeal": "等级申诉",
  "grade.appeal_hint": "请填写有误的数据，审核员核实后将重新评级。",
  handle: "账号名",
  permission: "平台代发",
  "permission.allowed": "已授权",
  "permission.code": "网络授权码",
  "permission.code_hint": "在该网络上授权本平台后显示。",
  "permission.give": "授权",
  "permission.hint": "任务可要求平台在发布期开始时代发，仅限已授权的账号。",
  "permission.not_allowed": "未授权",
  "permission.revoke": "撤回授权",
  "permission.until": "有效期至",
  "price.band": "建议 {{low}} 至 {{high}}",
  "price.max": "价格上限",
  "price.optional": "留空则按建议价",
  "price.post": "发帖价格",
  "price.repost": "转发价格",
  "proof.ask": "获取验证码",
  "proof.check": "立即核验",
  "proof.done": "账号归属已确认。",
  "proof.hint": "将验证码放入账号简介或一条新帖，然后核验。",
  "proof.sandbox": "写入沙箱简介",
  "proof.shown": "简介已显示验证码。",
  "proof.title": "账号归属证明",
  "withdraw.application": "撤回",
} satisfies Translation<typeof englishScreens>;
