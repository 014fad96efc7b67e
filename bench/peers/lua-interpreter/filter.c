/*
 * Lua's own interpreter as a proxy-wasm filter. The script is the plugin's configuration; its callbacks run as coroutines, as in
 * Envoy's Lua filter, so that body() and respond() can suspend them. Only what the benchmark's filters need is bound.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "lua.c"

#define HOST(name) __attribute__((import_module("env"), import_name(#name))) int name
#define EXPORT(name) __attribute__((export_name(#name))) int name

HOST(proxy_log)(int level, const char *text, size_t length);
HOST(proxy_get_buffer_bytes)(int kind, size_t start, size_t most, char **bytes, size_t *length);
HOST(proxy_set_buffer_bytes)(int kind, size_t start, size_t length, const char *bytes, size_t new_length);
HOST(proxy_get_header_map_value)(int map, const char *name, size_t name_length, char **value, size_t *length);
HOST(proxy_get_header_map_pairs)(int map, char **pairs, size_t *length);
HOST(proxy_add_header_map_value)(int map, const char *name, size_t name_length, const char *value, size_t length);
HOST(proxy_replace_header_map_value)(int map, const char *name, size_t name_length, const char *value, size_t length);
HOST(proxy_remove_header_map_value)(int map, const char *name, size_t name_length);
HOST(proxy_send_local_response)(int status, const char *details, size_t details_length, const char *body, size_t length,
                                const char *headers, size_t headers_length, int grpc_status);
HOST(proxy_get_property)(const char *path, size_t path_length, char **value, size_t *length);

enum { REQUEST_HEADERS = 0, RESPONSE_HEADERS = 2 };
enum { REQUEST_BODY = 0, RESPONSE_BODY = 1, PLUGIN_CONFIGURATION = 7 };
enum { CONTINUE = 0, STOP = 1 };
enum { GRPC_STATUS_NONE = -1 };

/* What the script gets a handle on. The host knows which stream is meant, so that each exists once and not once a stream. */
typedef struct {
  const char *callback;
  int header_map;
  int buffer;
  int handle, headers, body, stream_info; /* references into the registry */
} Direction;

static Direction request = {"envoy_on_request", REQUEST_HEADERS, REQUEST_BODY};
static Direction response = {"envoy_on_response", RESPONSE_HEADERS, RESPONSE_BODY};

/* A callback that is suspended until its body is complete. */
typedef struct Waiting {
  int stream;
  const Direction *direction;
  lua_State *thread;
  int reference;
  struct Waiting *next;
} Waiting;

static lua_State *lua;
static Waiting *waiting;
/* A thread whose callback has ended, kept for the next one. */
static lua_State *idle;
static int idle_reference;
/* Of the stream that is being handled. */
static int body_is_complete;
static size_t body_length;
static int responded;

static const Direction *direction_of(lua_State *L) {
  luaL_checktype(L, 1, LUA_TUSERDATA);
  return *(const Direction **)lua_touserdata(L, 1);
}

/* Hands a string of the host's over to Lua. */
static int push_owned(lua_State *L, char *bytes, size_t length) {
  lua_pushlstring(L, bytes, length);
  free(bytes);
  return 1;
}

static int headers_get(lua_State *L) {
  size_t name_length, length;
  const char *name = luaL_checklstring(L, 2, &name_length);
  char *value;
  if (proxy_get_header_map_value(direction_of(L)->header_map, name, name_length, &value, &length) != 0) return 0;
  return push_owned(L, value, length);
}

static int headers_add(lua_State *L) {
  size_t name_length, length;
  const char *name = luaL_checklstring(L, 2, &name_length), *value = luaL_checklstring(L, 3, &length);
  proxy_add_header_map_value(direction_of(L)->header_map, name, name_length, value, length);
  return 0;
}

static int headers_replace(lua_State *L) {
  size_t name_length, length;
  const char *name = luaL_checklstring(L, 2, &name_length), *value = luaL_checklstring(L, 3, &length);
  proxy_replace_header_map_value(direction_of(L)->header_map, name, name_length, value, length);
  return 0;
}

static int headers_remove(lua_State *L) {
  size_t length;
  const char *name = luaL_checklstring(L, 2, &length);
  proxy_remove_header_map_value(direction_of(L)->header_map, name, length);
  return 0;
}

/* The host's form of a map: count, then the lengths of names and values in turn, then these, each with a zero behind it. */
static uint32_t word(const char *map, size_t at) {
  uint32_t value;
  memcpy(&value, map + 4 * at, 4);
  return value;
}

/* Upvalues: the map, the number of the next pair, where it begins. */
static int next_header(lua_State *L) {
  const char *map = lua_tostring(L, lua_upvalueindex(1));
  uint32_t pair = lua_tointeger(L, lua_upvalueindex(2)), at = lua_tointeger(L, lua_upvalueindex(3));
  if (pair == word(map, 0)) return 0;
  uint32_t name = word(map, 1 + 2 * pair), value = word(map, 2 + 2 * pair);
  lua_pushinteger(L, pair + 1);
  lua_replace(L, lua_upvalueindex(2));
  lua_pushinteger(L, at + name + value + 2);
  lua_replace(L, lua_upvalueindex(3));
  lua_pushlstring(L, map + at, name);
  lua_pushlstring(L, map + at + name + 1, value);
  return 2;
}

static int headers_pairs(lua_State *L) {
  char *map;
  size_t length;
  if (proxy_get_header_map_pairs(direction_of(L)->header_map, &map, &length) != 0) return luaL_error(L, "no headers");
  uint32_t count = word(map, 0);
  push_owned(L, map, length);
  lua_pushinteger(L, 0);
  lua_pushinteger(L, 4 + 8 * count);
  lua_pushcclosure(L, next_header, 3);
  return 1;
}

/* LuaJIT as Envoy builds it has Lua 5.2's __pairs, which is how a script walks over headers. */
static int pairs_with_metamethod(lua_State *L) {
  luaL_checkany(L, 1);
  if (luaL_callmeta(L, 1, "__pairs")) return 1;
  luaL_checktype(L, 1, LUA_TTABLE);
  lua_pushvalue(L, lua_upvalueindex(1));
  lua_pushvalue(L, 1);
  lua_pushnil(L);
  return 3;
}

static int body_length_of(lua_State *L) {
  lua_pushnumber(L, body_length);
  return 1;
}

static int body_get_bytes(lua_State *L) {
  size_t start = luaL_checkint(L, 2), length = luaL_checkint(L, 3);
  if (start > body_length || length > body_length - start)
    return luaL_error(L, "index/length must be >= 0 and (index + length) must be <= buffer size");
  char *bytes;
  if (proxy_get_buffer_bytes(direction_of(L)->buffer, start, length, &bytes, &length) != 0) return luaL_error(L, "no body");
  return push_owned(L, bytes, length);
}

static int body_set_bytes(lua_State *L) {
  size_t length;
  const char *bytes = luaL_checklstring(L, 2, &length);
  const Direction *direction = direction_of(L);
  const char *written = lua_pushfstring(L, "%d", (int)length);
  proxy_replace_header_map_value(direction->header_map, "content-length", 14, written, strlen(written));
  proxy_set_buffer_bytes(direction->buffer, 0, body_length, bytes, length);
  body_length = length;
  lua_pushnumber(L, length);
  return 1;
}

static int stream_info_protocol(lua_State *L) {
  static const char path[] = "request\0protocol";
  char *value;
  size_t length;
  if (proxy_get_property(path, sizeof path - 1, &value, &length) != 0) return 0;
  return push_owned(L, value, length);
}

static int push_reference(lua_State *L, int reference) {
  lua_rawgeti(L, LUA_REGISTRYINDEX, reference);
  return 1;
}

static int handle_headers(lua_State *L) { return push_reference(L, direction_of(L)->headers); }
static int handle_stream_info(lua_State *L) { return push_reference(L, direction_of(L)->stream_info); }

/* The callback is resumed with the body when it is complete. */
static int handle_body(lua_State *L) {
  const Direction *direction = direction_of(L);
  if (!body_is_complete) return lua_yield(L, 0);
  return body_length == 0 ? 0 : push_reference(L, direction->body);
}

static int handle_log(lua_State *L) {
  size_t length;
  const char *text = luaL_checklstring(L, 2, &length);
  proxy_log(lua_tointeger(L, lua_upvalueindex(1)), text, length);
  return 0;
}

static int handle_timestamp(lua_State *L) {
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  lua_pushnumber(L, (lua_Number)now.tv_sec * 1000 + now.tv_nsec / 1000000);
  return 1;
}

/* The table at index 2 without its :status in the host's form of a map; to be freed. */
static char *header_map_of(lua_State *L, size_t *length) {
  uint32_t count = 0;
  *length = 4;
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    if (strcmp(luaL_checkstring(L, -2), ":status") == 0) continue;
    luaL_checkstring(L, -1);
    *length += 8 + lua_objlen(L, -2) + lua_objlen(L, -1) + 2;
    count++;
  }
  char *map = calloc(1, *length), *sizes = map + 4, *texts = sizes + 8 * count;
  memcpy(map, &count, 4);
  for (lua_pushnil(L); lua_next(L, 2); lua_pop(L, 1)) {
    if (strcmp(lua_tostring(L, -2), ":status") == 0) continue;
    for (int at = -2; at < 0; at++, sizes += 4) {
      uint32_t size = lua_objlen(L, at);
      memcpy(sizes, &size, 4);
      memcpy(texts, lua_tostring(L, at), size);
      texts += size + 1;
    }
  }
  return map;
}

/* Suspends the callback for good. */
static int handle_respond(lua_State *L) {
  luaL_checktype(L, 2, LUA_TTABLE);
  lua_getfield(L, 2, ":status");
  int status = luaL_checkint(L, -1);
  lua_pop(L, 1);
  size_t length, map_length;
  const char *body = luaL_optlstring(L, 3, "", &length);
  char *map = header_map_of(L, &map_length);
  proxy_send_local_response(status, "", 0, body, length, map, map_length, GRPC_STATUS_NONE);
  free(map);
  responded = 1;
  return lua_yield(L, 0);
}

static const luaL_Reg HANDLE[] = {
  {"headers", handle_headers},
  {"body", handle_body},
  {"respond", handle_respond},
  {"streamInfo", handle_stream_info},
  {"timestamp", handle_timestamp},
  {NULL, NULL},
};
static const luaL_Reg HEADERS[] = {
  {"get", headers_get},
  {"add", headers_add},
  {"replace", headers_replace},
  {"remove", headers_remove},
  {"__pairs", headers_pairs},
  {NULL, NULL},
};
static const luaL_Reg BODY[] = {
  {"length", body_length_of},
  {"getBytes", body_get_bytes},
  {"setBytes", body_set_bytes},
  {NULL, NULL},
};
static const luaL_Reg STREAM_INFO[] = {
  {"protocol", stream_info_protocol},
  {NULL, NULL},
};
/* In the order of the host's levels. */
static const luaL_Reg LOG[] = {
  {"logTrace", handle_log},
  {"logDebug", handle_log},
  {"logInfo", handle_log},
  {"logWarn", handle_log},
  {"logErr", handle_log},
  {"logCritical", handle_log},
  {NULL, NULL},
};
enum { LOG_ERROR = 4 };

/* Leaves a table on the stack that is its own metatable's __index. */
static void push_methods(const char *name, const luaL_Reg *methods) {
  luaL_newmetatable(lua, name);
  luaL_register(lua, NULL, methods);
  lua_pushvalue(lua, -1);
  lua_setfield(lua, -2, "__index");
}

/* An object with the methods on top of the stack, which it takes off. */
static int new_object(const Direction *direction) {
  *(const Direction **)lua_newuserdata(lua, sizeof direction) = direction;
  lua_insert(lua, -2);
  lua_setmetatable(lua, -2);
  return luaL_ref(lua, LUA_REGISTRYINDEX);
}

static void create_objects(Direction *direction) {
  push_methods("headers", HEADERS);
  direction->headers = new_object(direction);
  push_methods("body", BODY);
  direction->body = new_object(direction);
  push_methods("streamInfo", STREAM_INFO);
  direction->stream_info = new_object(direction);
  push_methods("handle", HANDLE);
  for (int level = 0; LOG[level].name != NULL; level++) {
    lua_pushinteger(lua, level);
    lua_pushcclosure(lua, LOG[level].func, 1);
    lua_setfield(lua, -2, LOG[level].name);
  }
  direction->handle = new_object(direction);
}

static void open_library(const char *name, lua_CFunction open) {
  lua_pushcfunction(lua, open);
  lua_pushstring(lua, name);
  lua_call(lua, 1, 0);
}

static int os_time(lua_State *L) {
  lua_pushnumber(L, time(NULL));
  return 1;
}

static const luaL_Reg OS[] = {
  {"time", os_time},
  {NULL, NULL},
};

static void open_libraries(void) {
  open_library("", luaopen_base);
  open_library(LUA_TABLIBNAME, luaopen_table);
  open_library(LUA_STRLIBNAME, luaopen_string);
  open_library(LUA_MATHLIBNAME, luaopen_math);
  luaL_register(lua, "os", OS);
  lua_pop(lua, 1);
  lua_getglobal(lua, "next");
  lua_pushcclosure(lua, pairs_with_metamethod, 1);
  lua_setglobal(lua, "pairs");
}

static void log_failure(lua_State *L) {
  size_t length;
  const char *text = lua_tolstring(L, -1, &length);
  if (text != NULL) proxy_log(LOG_ERROR, text, length);
}

/* A script that does not load leaves a filter that does nothing: the benchmark sees it and leaves it out. */
EXPORT(proxy_on_configure)(int root, size_t length) {
  char *script;
  if (length == 0 || proxy_get_buffer_bytes(PLUGIN_CONFIGURATION, 0, length, &script, &length) != 0) return 0;
  lua = luaL_newstate();
  open_libraries();
  create_objects(&request);
  create_objects(&response);
  if (luaL_loadbuffer(lua, script, length, "script") != 0 || lua_pcall(lua, 0, 0, 0) != 0) log_failure(lua);
  free(script);
  return 1;
}

static Waiting **waiting_of(int stream) {
  Waiting **at = &waiting;
  while (*at != NULL && (*at)->stream != stream) at = &(*at)->next;
  return at;
}

static void suspend(int stream, const Direction *direction, lua_State *thread, int reference) {
  Waiting *one = malloc(sizeof *one);
  *one = (Waiting){stream, direction, thread, reference, waiting};
  waiting = one;
}

/* Takes a thread that no callback runs in any more. */
static void retire(lua_State *thread, int reference) {
  if (idle != NULL || lua_status(thread) != 0) {
    luaL_unref(lua, LUA_REGISTRYINDEX, reference);
    return;
  }
  lua_settop(thread, 0);
  idle = thread;
  idle_reference = reference;
}

/* Runs or resumes a callback with what is on the thread's stack. A script that fails lets the stream go on. */
static int run(int stream, const Direction *direction, lua_State *thread, int reference, int arguments) {
  responded = 0;
  int status = lua_resume(thread, arguments);
  if (status == LUA_YIELD && !responded) {
    suspend(stream, direction, thread, reference);
    return STOP;
  }
  if (status > LUA_YIELD) log_failure(thread);
  retire(thread, reference);
  return responded ? STOP : CONTINUE;
}

static int start(int stream, const Direction *direction, int end_of_stream) {
  body_is_complete = end_of_stream;
  body_length = 0;
  lua_getglobal(lua, direction->callback);
  if (lua_isnil(lua, -1)) {
    lua_pop(lua, 1);
    return CONTINUE;
  }
  lua_State *thread = idle;
  int reference = idle_reference;
  idle = NULL;
  if (thread == NULL) {
    thread = lua_newthread(lua);
    reference = luaL_ref(lua, LUA_REGISTRYINDEX);
  }
  lua_xmove(lua, thread, 1);
  push_reference(thread, direction->handle);
  return run(stream, direction, thread, reference, 1);
}

static int resume_with_body(int stream, const Direction *direction, size_t length, int end_of_stream) {
  Waiting **at = waiting_of(stream);
  if (*at == NULL || (*at)->direction != direction) return CONTINUE;
  if (!end_of_stream) return STOP;
  Waiting one = **at;
  free(*at);
  *at = one.next;
  body_is_complete = 1;
  body_length = length;
  return run(stream, direction, one.thread, one.reference, length == 0 ? 0 : push_reference(one.thread, direction->body));
}

EXPORT(proxy_on_request_headers)(int stream, int count, int end_of_stream) { return start(stream, &request, end_of_stream); }
EXPORT(proxy_on_response_headers)(int stream, int count, int end_of_stream) { return start(stream, &response, end_of_stream); }

EXPORT(proxy_on_request_body)(int stream, size_t length, int end_of_stream) {
  return resume_with_body(stream, &request, length, end_of_stream);
}

EXPORT(proxy_on_response_body)(int stream, size_t length, int end_of_stream) {
  return resume_with_body(stream, &response, length, end_of_stream);
}

/* A stream that was reset while its callback was suspended. */
__attribute__((export_name("proxy_on_delete"))) void proxy_on_delete(int stream) {
  Waiting **at = waiting_of(stream);
  if (*at == NULL) return;
  Waiting one = **at;
  free(*at);
  *at = one.next;
  retire(one.thread, one.reference);
}

__attribute__((export_name("proxy_on_memory_allocate"))) void *proxy_on_memory_allocate(size_t size) { return malloc(size); }
__attribute__((export_name("proxy_abi_version_0_2_1"))) void proxy_abi_version_0_2_1(void) {}
