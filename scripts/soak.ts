/** `npm run soak [-- REQUESTS]`: a million requests through one module in `src/host`; exit code 1 when its memory grows after the first tenth. */
import { soak } from "./soak/soak.js";

const requests = Number(process.argv[2] ?? 1_000_000);
const result = await soak(requests, 10, (size, part) => console.log(`${part * 10} %: ${size / 1024} KiB`));
const isFlat = new Set(result.sizes).size === 1;
console.log(`${requests} requests: memory ${isFlat ? "flat" : "grew"}, last count ${result.counted}`);
for (const line of result.log.slice(0, 10)) console.log(line);
process.exitCode = isFlat && result.log.length === 0 ? 0 : 1;
