// Everything that a generated filter names: `import * as lua from "./runtime/lua"`.
export * from "./call";
export * from "./check";
export * from "./closure";
export * from "./error";
export * from "./index";
export * from "./metatable";
export * from "./operators";
export * from "./str";
export * from "./table";
export * from "./userdata";
export * from "./value";
export * from "./values";
export { enter, leave } from "./depth";
export { retain, retainString } from "./memory/heap";
export { numberToString, parseNumber, numberParsed } from "./number";
