/** Passes a request on to `target`, and its response back, both as they stream. */
export async function proxy(request: Request, target: string): Promise<Response> {
  try {
    return await fetch(target, {
      method: request.method,
      headers: request.headers,
      body: request.body,
      duplex: "half",
      redirect: "manual",
    } as RequestInit);
  } catch (error) {
    return Response.json({ code: "WORKER_ERROR", message: `Function did not answer: ${error}` }, {
      status: 502,
    });
  }
}
