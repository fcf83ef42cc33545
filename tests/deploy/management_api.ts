import type { Sql } from "postgres";

/** A function as it was uploaded. */
export interface Upload {
  entrypointPath: string;
  importMapPath: string;
  verifyJwt: boolean;
  /** Path to content. */
  files: Map<string, Uint8Array>;
}

/** What a fake of Supabase's Management API was told of one project. */
export interface ManagementApi extends AsyncDisposable {
  url: string;
  secrets: Map<string, string>;
  /** Those that a deployment was told to serve, by name. */
  functions: Map<string, Upload>;
}

/**
 * Answers what the CLI asks when it links a project, logs in to its database, sets secrets and
 * deploys functions: https://supabase.com/docs/reference/api. Everything else is a 404.
 *
 * @param pooler Host under which the project's database is reached.
 * @param sql The project's database, in which the CLI gets a role for a while.
 */
export function startManagementApi(
  ref: string,
  accessToken: string,
  pooler: string,
  sql: Sql,
): ManagementApi {
  const poolerUrl = `postgresql://postgres.${ref}:[YOUR-PASSWORD]@${pooler}:6543/postgres`;
  const secrets = new Map<string, string>();
  const bundled = new Map<string, Upload>();
  const functions = new Map<string, Upload>();

  const answers: Record<string, (request: Request, url: URL) => unknown> = {
    "GET ": () => ({
      id: ref,
      ref,
      organization_id: "organization",
      organization_slug: "organization",
      name: "rehearsal",
      region: "eu-central-1",
      created_at: "2026-11-01T00:00:00Z",
      status: "ACTIVE_HEALTHY",
      database: {
        host: `db.${ref}.project.invalid`,
        version: "17.6.1.011",
        postgres_engine: "17",
        release_channel: "ga",
      },
    }),
    "GET /api-keys": () => [
      { id: "anon", name: "anon", type: "legacy", api_key: "anon-key" },
      { id: "service_role", name: "service_role", type: "legacy", api_key: "service-role-key" },
    ],
    "GET /config/database/pooler": () => [{
      identifier: ref,
      database_type: "PRIMARY",
      is_using_scram_auth: true,
      db_user: `postgres.${ref}`,
      db_host: pooler,
      db_port: 6543,
      db_name: "postgres",
      connection_string: poolerUrl,
      connectionString: poolerUrl,
      default_pool_size: 15,
      max_client_conn: 200,
      pool_mode: "transaction",
    }],
    "POST /cli/login-role": async () => {
      const password = crypto.randomUUID();
      // The pooler takes the project's ref off the name; here it is a part of it.
      const role = `cli_login_postgres.${ref}`;
      await sql.unsafe(`drop role if exists "${role}"`);
      await sql.unsafe(`create role "${role}" login password '${password}' in role postgres`);
      return { role: "cli_login_postgres", password, ttl_seconds: 300 };
    },
    "POST /secrets": async (request) => {
      for (const { name, value } of await request.json()) secrets.set(name, value);
    },
    "GET /functions": () => [...functions].map(([slug, upload]) => described(slug, upload)),
    "POST /functions/deploy": async (request, { searchParams }) => {
      const slug = searchParams.get("slug")!;
      bundled.set(slug, await uploadOf(await request.formData()));
      return described(slug, bundled.get(slug)!);
    },
    "PUT /functions": async (request) => {
      const listed: { slug: string; verify_jwt: boolean }[] = await request.json();
      for (const { slug, verify_jwt } of listed) {
        functions.set(slug, { ...bundled.get(slug)!, verifyJwt: verify_jwt });
      }
      return { functions: listed };
    },
  };

  const server = Deno.serve(
    { hostname: "127.0.0.1", port: 0, onListen: () => {} },
    async (request) => {
      if (request.headers.get("Authorization") !== `Bearer ${accessToken}`) {
        return Response.json({ message: "Unauthorized" }, { status: 401 });
      }
      const url = new URL(request.url);
      const answer =
        answers[`${request.method} ${url.pathname.replace(`/v1/projects/${ref}`, "")}`];
      if (!answer) return Response.json({ message: "Not Found" }, { status: 404 });
      const body = await answer(request, url);
      return Response.json(body ?? null, { status: request.method === "POST" ? 201 : 200 });
    },
  );
  return {
    url: `http://127.0.0.1:${server.addr.port}`,
    secrets,
    functions,
    [Symbol.asyncDispose]: () => server.shutdown(),
  };
}

async function uploadOf(form: FormData): Promise<Upload> {
  const metadata = JSON.parse(`${form.get("metadata")}`);
  const files = form.getAll("file").filter((file) => file instanceof File);
  const contents = files.map(async (file) => [file.name, await file.bytes()] as const);
  return {
    entrypointPath: metadata.entrypoint_path,
    importMapPath: metadata.import_map_path,
    verifyJwt: metadata.verify_jwt,
    files: new Map(await Promise.all(contents)),
  };
}

function described(slug: string, upload: Upload) {
  return {
    id: slug,
    slug,
    name: slug,
    status: "ACTIVE",
    version: 1,
    created_at: 1_764_000_000_000,
    updated_at: 1_764_000_000_000,
    verify_jwt: upload.verifyJwt,
    import_map: true,
    entrypoint_path: upload.entrypointPath,
    import_map_path: upload.importMapPath,
    ezbr_sha256: "0".repeat(64),
  };
}
