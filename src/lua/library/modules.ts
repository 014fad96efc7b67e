import type { LibraryConstant, LibraryFunction } from "../library.js";
import { any, approximate, exact, multiple, quiet, raising, refused, rest, string, value } from "./rows.js";

/** A module that the runtime serves to `require(name)`. */
export interface LibraryModule {
  /** What `require` takes; the rows' names begin with it. */
  readonly name: string;
  readonly functions: readonly LibraryFunction[];
  readonly constants: readonly LibraryConstant[];
}

const CJSON = "json/cjson";
const DKJSON = "json/dkjson";
const setting = (module: string, name: string, result: "number" | "boolean"): LibraryFunction =>
  exact(`${module}.${name}`, CJSON, raising(name, [value("setting")], result));

/** Both forms of cjson have the same settings. */
function cjsonModule(name: string, decode: LibraryFunction, encode: LibraryFunction): LibraryModule {
  return {
    name,
    functions: [
      decode,
      encode,
      setting(name, "encode_max_depth", "number"),
      setting(name, "decode_max_depth", "number"),
      setting(name, "encode_number_precision", "number"),
      setting(name, "encode_keep_buffer", "boolean"),
      setting(name, "encode_empty_table_as_object", "boolean"),
      setting(name, "encode_escape_forward_slash", "boolean"),
      setting(name, "decode_invalid_numbers", "boolean"),
      exact(`${name}.encode_invalid_numbers`, CJSON, raising("encode_invalid_numbers", [value("setting")], "value")),
      exact(
        `${name}.encode_sparse_array`,
        CJSON,
        multiple(raising("encode_sparse_array", [value("convert"), value("ratio"), value("safe")])),
      ),
      ...refused("the settings are those of the module; one instance serves them all", `${name}.new`),
      ...refused(
        "not in the compiled runtime yet",
        `${name}.array_mt`,
        `${name}.empty_array_mt`,
        `${name}.empty_array`,
        `${name}.decode_array_with_array_mt`,
        `${name}.decode_allow_comment`,
        `${name}.encode_skip_unsupported_value_types`,
        `${name}.encode_indent`,
      ),
    ],
    constants: [
      { name: `${name}.null`, type: "value", expression: "NULL", file: CJSON },
      { name: `${name}._NAME`, type: "string", expression: 'Str.of("cjson")' },
      { name: `${name}._VERSION`, type: "string", expression: 'Str.of("2.1.0.11")' },
    ],
  };
}

export const moduleLibraries: readonly LibraryModule[] = [
  cjsonModule(
    "cjson",
    exact("cjson.decode", CJSON, raising("decode", [string("text")], "value"), raising("decodeOf", [rest], "value")),
    exact("cjson.encode", CJSON, raising("encode", [any("v")], "string"), raising("encodeOf", [rest], "string")),
  ),
  cjsonModule(
    "cjson.safe",
    exact("cjson.safe.decode", CJSON, multiple(raising("decodeSafely", [rest]))),
    exact("cjson.safe.encode", CJSON, multiple(raising("encodeSafely", [rest]))),
  ),
  {
    name: "json",
    functions: [
      exact("json.decode", "json/rxi", raising("decode", [value("text")], "value")),
      exact("json.encode", "json/rxi", raising("encode", [value("v")], "string")),
    ],
    constants: [{ name: "json._version", type: "string", expression: 'Str.of("0.1.2")' }],
  },
  {
    name: "dkjson",
    functions: [
      exact(
        "dkjson.decode",
        "json/dkjson-decode",
        multiple(raising("decode", [value("text"), value("pos"), value("nullval")])),
        multiple(raising("decodeWith", [rest])),
      ),
      approximate(
        "dkjson.encode",
        "json/dkjson-encode",
        "keys that no `keyorder` names come in this runtime's order of `pairs`; what a `__tojson` or `exception` finds in `state.buffer` is in fewer, longer pieces",
        raising("encode", [value("v"), value("state")], "value"),
      ),
      exact("dkjson.quotestring", DKJSON, quiet("quotestring", [value("s")], "string")),
      exact("dkjson.addnewline", "json/dkjson-encode", quiet("addnewline", [value("state")])),
      exact(
        "dkjson.encodeexception",
        DKJSON,
        quiet("encodeexception", [value("reason"), value("v"), value("state"), value("text")], "string"),
      ),
      ...refused("there is no LPeg in a Wasm module, and `decode` needs none", "dkjson.use_lpeg"),
    ],
    constants: [
      { name: "dkjson.null", type: "value", expression: "NULL", file: DKJSON },
      { name: "dkjson.version", type: "string", expression: 'Str.of("dkjson 2.8")' },
    ],
  },
  {
    name: "base64",
    functions: [
      exact("base64.decode", "base64", quiet("decode", [value("text"), value("decoder")], "string")),
      exact("base64.encode", "base64", quiet("encode", [value("s"), value("encoder")], "string")),
      exact(
        "base64.makedecoder",
        "base64",
        quiet("makedecoder", [value("c62"), value("c63"), value("padding")], "table"),
      ),
      exact(
        "base64.makeencoder",
        "base64",
        quiet("makeencoder", [value("c62"), value("c63"), value("padding")], "table"),
      ),
    ],
    constants: [],
  },
];
