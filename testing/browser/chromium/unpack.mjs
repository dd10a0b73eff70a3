// Unpacks the Chromium and the libraries that it needs: `node unpack.mjs FOLDER`.
import { mkdir } from "node:fs/promises";

const [folder] = process.argv.slice(2);
await mkdir(folder, { recursive: true });
process.env.TMPDIR = folder;
process.env.AWS_EXECUTION_ENV = "AWS_Lambda_nodejs22.x"; // brings the libraries of a machine that has none
const { default: chromium } = await import("@sparticuz/chromium");
await chromium.executablePath();
