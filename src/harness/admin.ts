/** Envoy's admin interface: only what moonshift asks of it. */

export async function isLive(admin: string): Promise<boolean> {
  try {
    const response = await fetch(`${admin}/ready`, { signal: AbortSignal.timeout(2_000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}

/** Port of every bound listener by name. */
export async function listenerPorts(admin: string): Promise<ReadonlyMap<string, number>> {
  const body = (await getJson(`${admin}/listeners?format=json`)) as {
    readonly listener_statuses?: readonly {
      readonly name: string;
      readonly local_address: { readonly socket_address?: { readonly port_value: number } };
    }[];
  };
  return new Map(
    (body.listener_statuses ?? []).map((status) => [status.name, status.local_address.socket_address?.port_value ?? 0]),
  );
}

/** Counters and gauges whose name matches the RE2 expression. */
export async function readStats(admin: string, filter: string): Promise<Readonly<Record<string, number>>> {
  const body = (await getJson(`${admin}/stats?format=json&filter=${encodeURIComponent(filter)}`)) as {
    readonly stats: readonly { readonly name?: string; readonly value?: number }[];
  };
  return Object.fromEntries(
    body.stats.filter((stat) => stat.name !== undefined).map((stat) => [stat.name!, stat.value ?? 0]),
  );
}

async function getJson(url: string): Promise<unknown> {
  const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
  if (!response.ok) throw new Error(`${url} answered ${response.status}: ${await response.text()}`);
  return response.json();
}
