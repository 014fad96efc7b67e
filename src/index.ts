/** moonshift as a library: the rooms in the order in which a script goes through them. */
export { assess } from "./analyzer/assess.js";
export type { Assessment, Finding, Recommendation } from "./analyzer/assessment.js";
export { type Compilable, compileProgram, type WasmModule } from "./codegen/compile.js";
export { type GuestProgram, generate } from "./codegen/generate.js";
export { judgeLanguage } from "./codegen/judge-language.js";
export { migrateSites } from "./delivery/migration/migrate-sites.js";
export { chooseEnvoy } from "./harness/choose-envoy.js";
export { collectSites } from "./manifest/collect-sites.js";
export { findLuaSites } from "./manifest/find-lua-sites.js";
export type { LuaSite } from "./manifest/lua-site.js";
export { InputError, MissingError } from "./support/failure.js";
export type { Equivalence } from "./verify/equivalence.js";
export { generateRequests } from "./verify/generate-requests.js";
export { verifyFilter } from "./verify/verify-filter.js";
