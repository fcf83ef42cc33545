import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.kestra.core.models.executions.Execution;
import io.kestra.core.models.flows.FlowInterface;
import io.kestra.core.repositories.ExecutionRepositoryInterface;
import io.kestra.core.repositories.FlowRepositoryInterface;
import io.kestra.core.runners.FlowInputOutput;
import io.kestra.core.runners.TestRunner;
import io.kestra.core.runners.TestRunnerUtils;
import io.kestra.core.serializers.JacksonMapper;
import io.kestra.core.services.FlowService;
import io.micronaut.context.ApplicationContext;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Kestra's own executor, worker and scheduler over H2, started from the modules that Kestra publishes
 * for plugin authors, behind the few paths of Kestra's API that the tests use. It stands in for
 * {@code server local} where the whole server cannot be had from Maven; the flows run on the same code.
 *
 * <p>Runs as a single source file: {@code java -cp CLASSPATH KestraEngine.java PORT}.
 */
public class KestraEngine {
    private static final String TENANT = "main";
    private static final String API = "/api/v1/" + TENANT;
    private static final ObjectMapper JSON = JacksonMapper.ofJson();

    private final ApplicationContext context;

    private KestraEngine(ApplicationContext context) {
        this.context = context;
    }

    public static void main(String[] args) throws Exception {
        ApplicationContext context = ApplicationContext.builder().environments("test").start();
        context.getBean(TestRunner.class).run();

        InetSocketAddress address = new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(args[0]));
        HttpServer server = HttpServer.create(address, 0);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.createContext("/", new KestraEngine(context)::handle);
        server.start();
        System.out.println("ready");
        while (System.in.read() >= 0) {
            // The end of the input is the end of the tests.
        }
        System.exit(0);
    }

    private record Answer(int status, Object body) {}

    private void handle(HttpExchange exchange) throws IOException {
        Answer answer;
        try {
            answer = route(exchange);
        } catch (Exception e) {
            answer = new Answer(422, Map.of("message", String.valueOf(e.getMessage())));
        }
        byte[] body = JSON.writeValueAsBytes(answer.body());
        exchange.getResponseHeaders().set("content-type", "application/json");
        exchange.sendResponseHeaders(answer.status(), body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    private Answer route(HttpExchange exchange) throws Exception {
        String path = exchange.getRequestURI().getPath();
        String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        List<String> parts = List.of(path.replaceFirst("^" + API + "/?", "").split("/"));
        boolean post = exchange.getRequestMethod().equals("POST");

        return switch (parts.getFirst()) {
            case "flows" -> new Answer(200, context.getBean(FlowService.class).importFlow(TENANT, body));
            case "executions" -> post
                ? new Answer(200, execute(parts.get(1), parts.get(2), formFields(exchange, body)))
                : new Answer(200, withOutputs(find(parts.get(1))));
            default -> new Answer(404, Map.of("message", "Not Found"));
        };
    }

    private Object execute(String namespace, String flowId, Map<String, Object> inputs) throws Exception {
        FlowInterface flow = context.getBean(FlowRepositoryInterface.class)
            .findById(TENANT, namespace, flowId, Optional.empty())
            .orElseThrow();
        FlowInputOutput reader = context.getBean(FlowInputOutput.class);
        Execution execution = Execution.newExecution(
            flow, (f, e) -> reader.readExecutionInputs(f, e, inputs), List.of(), Optional.empty());
        return context.getBean(TestRunnerUtils.class)
            .emitAndAwaitExecution(any -> true, execution, Duration.ofSeconds(30));
    }

    private Execution find(String id) {
        return context.getBean(ExecutionRepositoryInterface.class).findById(TENANT, id).orElseThrow();
    }

    /** Kestra 2 keeps the outputs of an execution in a table of their own. */
    private Map<?, ?> withOutputs(Execution execution) throws Exception {
        Map<String, Object> found = JSON.convertValue(execution, JacksonMapper.MAP_TYPE_REFERENCE);
        try {
            Class<?> service = Class.forName("io.kestra.core.services.ExecutionOutputService");
            found.put("outputs", service.getMethod("getOutputs", Execution.class).invoke(context.getBean(service), execution));
        } catch (ClassNotFoundException kestra1) {
            // There the execution carries its outputs itself.
        }
        return found;
    }

    private static Map<String, Object> formFields(HttpExchange exchange, String body) {
        Map<String, Object> fields = new LinkedHashMap<>();
        Matcher boundary = Pattern.compile("boundary=\"?([^\";]+)")
            .matcher(String.valueOf(exchange.getRequestHeaders().getFirst("content-type")));
        if (!boundary.find()) return fields;
        for (String part : body.split("--" + Pattern.quote(boundary.group(1)))) {
            Matcher field = Pattern.compile("name=\"([^\"]+)\".*?\r\n\r\n(.*)\r\n", Pattern.DOTALL).matcher(part);
            if (field.find()) fields.put(field.group(1), field.group(2));
        }
        return fields;
    }
}
