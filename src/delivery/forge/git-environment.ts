/**
 * Git's configuration for one host, in environment variables: neither the list of processes, nor a file, nor an address shows the token, and no
 * other host is sent it.
 */
export function gitEnvironment(origin: string, user: string, token: string): Readonly<Record<string, string>> {
  const credentials = Buffer.from(`${user}:${token}`).toString("base64");
  return {
    GIT_CONFIG_COUNT: "1",
    GIT_CONFIG_KEY_0: `http.${origin}/.extraHeader`,
    GIT_CONFIG_VALUE_0: `Authorization: Basic ${credentials}`,
    GIT_TRACE_REDACT: "1",
  };
}
