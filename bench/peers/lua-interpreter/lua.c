/* PUC Lua 5.1 as one compilation unit, the way its own etc/all.c does it: what is not used falls out, what is hot gets inlined. */
#include <stdio.h> /* before ldebug.h, whose macro getline would hit its declaration */

#define luaall_c
#include "lapi.c"
#include "lcode.c"
#include "ldebug.c"
#include "ldo.c"
#include "ldump.c"
#include "lfunc.c"
#include "lgc.c"
#include "llex.c"
#include "lmem.c"
#include "lobject.c"
#include "lopcodes.c"
#include "lparser.c"
#include "lstate.c"
#include "lstring.c"
#include "ltable.c"
#include "ltm.c"
#include "lundump.c"
#include "lvm.c"
#include "lzio.c"

/* A filter has no files; Envoy lacks what reopening one needs. */
#define fopen(name, mode) NULL
#define freopen(name, mode, file) NULL
#include "lauxlib.c"
#include "lbaselib.c"
#include "lmathlib.c"
#include "lstrlib.c"
#include "ltablib.c"
