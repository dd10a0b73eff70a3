// Runs the reference servers of the AT Protocol: directory of DIDs (PLC), data server (PDS), AppView.
// Prints one line of JSON with their addresses. Each line on standard input waits until the AppView has indexed everything, and
// is answered by a line `{}`. Ends with the end of standard input.
import { createInterface } from 'node:readline'
import { TestNetwork } from '@atproto/dev-env'

const network = await TestNetwork.create({
  pds: { hostname: 'localhost' },
  bsky: { dbPostgresSchema: 'bsky' },
})
const addresses = { app_view: network.bsky.url, data_server: network.pds.url, directory: network.plc.url }
console.log(JSON.stringify(addresses))
for await (const _ of createInterface({ input: process.stdin })) {
  await network.processAll()
  console.log('{}')
}
process.exit(0)
