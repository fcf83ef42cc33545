/**
 * Realtime's socket, as far as Postgres Changes go: a Phoenix server that does what a test says.
 * The messages are those that @supabase/realtime-js 2.119.1 reads.
 *
 * @module
 */

/** What a channel asked for. */
export interface Binding {
  event: string;
  schema: string;
  table: string;
  filter?: string;
  select?: string[];
}

/** One join, and how it was answered. */
export interface Join {
  topic: string;
  token: string;
  bindings: Binding[];
  waits: boolean;
}

/** How a join is answered: well, with a reason, or not at all. */
export type JoinAnswer = "accept" | { refuse: string } | "silence";

type Row = Record<string, unknown>;
type Message = [
  joinRef: string | null,
  ref: string | null,
  topic: string,
  event: string,
  payload: unknown,
];

export class ScriptedRealtime implements AsyncDisposable {
  readonly joins: Join[] = [];
  /** Topics that were left. */
  readonly left: string[] = [];
  /** How the next joins are answered; those after them are accepted. */
  readonly answers: JoinAnswer[] = [];
  readonly #channels = new Map<string, { socket: WebSocket; join: Join; joinRef: string }>();
  readonly #sockets = new Set<WebSocket>();
  readonly #server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen() {} }, (request) => {
    const { socket, response } = Deno.upgradeWebSocket(request);
    socket.onopen = () => this.#sockets.add(socket);
    socket.onclose = () => this.#forget(socket);
    socket.onmessage = ({ data }) => this.#receive(socket, JSON.parse(data));
    return response;
  });

  /** A WebSocket for `createClient(..., { realtime: { transport } })` that ends up here. */
  get transport(): typeof WebSocket {
    const { port } = this.#server.addr as Deno.NetAddr;
    return class extends WebSocket {
      constructor() {
        super(`ws://127.0.0.1:${port}`);
      }
    };
  }

  get isConnected(): boolean {
    return this.#sockets.size > 0;
  }

  /** Tells every channel that may hear of it, as Realtime does: of a DELETE the key alone is known. */
  emit(
    type: "INSERT" | "UPDATE" | "DELETE",
    table: string,
    row: Row,
    errors: string[] | null = null,
  ) {
    const known: Row = type === "DELETE" ? { id: row.id } : row;
    for (const { socket, join, joinRef } of this.#channels.values()) {
      const ids = join.bindings.flatMap((binding, id) =>
        hears(binding, type, table, known) ? [id + 1] : []
      );
      if (!ids.length) continue;
      const columns = join.bindings[ids[0] - 1].select ?? Object.keys(known);
      const record = Object.fromEntries(
        Object.entries(known).filter(([name]) => columns.includes(name)),
      );
      const data = {
        schema: "public",
        table,
        type,
        commit_timestamp: new Date().toISOString(),
        columns: Object.keys(record).map((name) => ({ name, type: "unknown" })),
        ...(type === "DELETE" ? { old_record: record } : { record }),
        ...(type === "UPDATE" && { old_record: { id: row.id } }),
        errors,
      };
      send(socket, [joinRef, null, join.topic, "postgres_changes", { ids, data }]);
    }
  }

  /** Ends every channel as Realtime does when its token has expired. */
  expireTokens() {
    for (const [topic, { socket, joinRef }] of this.#channels) {
      const message = "Token has expired 1 seconds ago";
      const payload = { channel: topic, extension: "system", status: "error", message };
      send(socket, [joinRef, null, topic, "system", payload]);
      send(socket, [joinRef, joinRef, topic, "phx_close", {}]);
    }
    this.#channels.clear();
  }

  /** Loses every connection. */
  disconnect() {
    for (const socket of this.#sockets) {
      this.#forget(socket);
      socket.close(1011);
    }
  }

  async [Symbol.asyncDispose]() {
    this.disconnect();
    await this.#server.shutdown();
  }

  // deno-lint-ignore no-explicit-any
  #receive(socket: WebSocket, [joinRef, ref, topic, event, payload]: any[]) {
    const reply = (status: string, response: unknown = {}) =>
      send(socket, [joinRef, ref, topic, "phx_reply", { status, response }]);
    if (event === "phx_leave") {
      this.left.push(topic);
      this.#channels.delete(topic);
    }
    if (event !== "phx_join") return reply("ok");

    const { access_token: token, config } = payload;
    const bindings: Binding[] = config.postgres_changes;
    const waits = config.postgres_changes_options?.wait ?? false;
    const join = { topic, token, bindings, waits };
    this.joins.push(join);
    const answer = this.answers.shift() ?? "accept";
    if (answer === "silence") return;
    if (answer !== "accept") return reply("error", { reason: answer.refuse });
    this.#channels.set(topic, { socket, join, joinRef });
    reply("ok", {
      postgres_changes: bindings.map(({ select: _, ...binding }, id) => ({
        id: id + 1,
        ...binding,
      })),
    });
  }

  #forget(socket: WebSocket) {
    this.#sockets.delete(socket);
    for (const [topic, channel] of this.#channels) {
      if (channel.socket === socket) this.#channels.delete(topic);
    }
  }
}

/** A column that the change does not bring passes no filter. */
function hears(
  { event, table, filter }: Binding,
  type: string,
  changed: string,
  row: Row,
): boolean {
  if (table !== changed || (event !== "*" && event !== type)) return false;
  const [, column, value] = /^(\w+)=eq\.(.*)$/.exec(filter ?? "") ?? [];
  return !column || row[column] === value;
}

function send(socket: WebSocket, message: Message) {
  if (socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify(message));
}
