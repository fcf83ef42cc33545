/**
 * Answers Realtime's socket, which `@supabase/lite` lacks, in Realtime's protocol: every join is
 * refused. So a client knows at once, instead of trying to connect for ever.
 */
export function refuseRealtime(request: Request): Response {
  if (request.headers.get("upgrade") !== "websocket") return new Response(null, { status: 426 });
  const { socket, response } = Deno.upgradeWebSocket(request);
  socket.onmessage = ({ data }) => {
    const message = parse(data);
    // An older protocol, or none: 1003 says that it is not understood.
    if (!Array.isArray(message)) return socket.close(1003);
    const [joinRef, ref, topic, event] = message;
    const answer = event === "phx_join"
      ? { status: "error", response: { reason: "The local stack has no Realtime." } }
      : { status: "ok", response: {} };
    socket.send(JSON.stringify([joinRef, ref, topic, "phx_reply", answer]));
  };
  return response;
}

function parse(data: unknown): unknown {
  try {
    return JSON.parse(String(data));
  } catch {
    return undefined;
  }
}
