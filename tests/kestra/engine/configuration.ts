import { join } from "node:path";

/** Kestra's settings: a database, a storage in a folder, and ports of its own. */
export function configuration(databaseUrl: string, directory: string): Record<string, unknown> {
  const controller = freePort();
  return {
    datasources: {
      h2: {
        url: databaseUrl,
        username: "sa",
        password: "",
        driverClassName: "org.h2.Driver",
      },
    },
    flyway: {
      datasources: {
        h2: { enabled: true, locations: ["classpath:migrations/h2"], outOfOrder: true },
      },
    },
    jackson: {
      serialization: { writeDatesAsTimestamps: false, writeDurationsAsTimestamps: false },
      "serialization-inclusion": "non_null",
      deserialization: { FAIL_ON_UNKNOWN_PROPERTIES: false },
    },
    kestra: {
      "server-type": "STANDALONE",
      queue: { type: "h2" },
      repository: { type: "h2" },
      storage: { type: "local", local: { "base-path": join(directory, "storage") } },
      jdbc: {
        queues: {
          "min-poll-interval": "10ms",
          "max-poll-interval": "100ms",
          "poll-switch-interval": "5s",
        },
        cleaner: { "initial-delay": "1h", "fixed-delay": "1h", retention: "7d" },
      },
      variables: { "env-vars-prefix": "ENV_" },
      "anonymous-usage-report": { enabled: false },
      server: {
        "termination-grace-period": "1s",
        "worker-task-restart-strategy": "AFTER_TERMINATION_GRACE_PERIOD",
        // Kestra's own values: with shorter ones a busy machine makes it give itself up for dead.
        liveness: {
          enabled: true,
          interval: "5s",
          timeout: "45s",
          "initial-delay": "45s",
          "heartbeat-interval": "3s",
        },
        service: { purge: { "initial-delay": "1h", "fixed-delay": "1d", retention: "30d" } },
      },
      controller: { port: controller },
      worker: {
        controllers: {
          type: "STATIC",
          static: { endpoints: [{ host: "localhost", port: controller }] },
        },
      },
    },
  };
}

/** The levels of Kestra's own `logback.xml`. */
export const defaultLogLevels = `<configuration>
  <appender name="out" class="ch.qos.logback.core.ConsoleAppender">
    <encoder><pattern>%-5level %logger %msg%n%ex</pattern></encoder>
  </appender>
  <logger name="io.kestra" level="INFO"/>
  <logger name="flow" level="INFO"/>
  <root level="WARN"><appender-ref ref="out"/></root>
</configuration>
`;

/** A port that nobody listens on. */
export function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
