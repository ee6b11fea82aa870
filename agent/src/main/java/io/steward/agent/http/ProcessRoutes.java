package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.kernel.Kernel;
import io.steward.agent.kernel.ProcessInfo;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// The kernel's tree of this agent. Other nodes are asked by message.
final class ProcessRoutes {
    private final Kernel kernel;

    ProcessRoutes(Kernel kernel) {
        this.kernel = kernel;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/processes", this::tree),
                change("start", kernel::start),
                change("stop", kernel::stop),
                change("restart", kernel::restart));
    }

    private Route change(String what, Function<String, Optional<ProcessInfo>> change) {
        return Route.post(
                Role.OPERATOR, "/v1/processes/" + what, call -> change(call, what, change));
    }

    /// `GET /v1/processes`: parents before their children.
    private void tree(Call call) {
        ObjectNode json = Json.object();
        ArrayNode processes = json.putArray("processes");
        kernel.tree().forEach(info -> processes.add(Views.process(info)));
        call.answer(200, json);
    }

    /// `POST /v1/processes/start|stop|restart {"name": ...}`: by path, or by a name that only one
    /// has. Answers how it is then.
    private void change(Call call, String what, Function<String, Optional<ProcessInfo>> change)
            throws IOException, InterruptedException {
        String name = call.jsonBody("name").path("name").asText();
        Optional<ProcessInfo> before = kernel.find(name);
        if (name.isEmpty() || before.isEmpty()) {
            throw Problem.notFound(
                    "There is no process \"%s\" here, or more than one has that name; \"steward ps\" shows their paths"
                            .formatted(name));
        }
        String path = before.get().path();
        call.audit("process-" + what, path, null);
        Optional<ProcessInfo> changed = change.apply(path);
        call.answer(200, Views.process(kernel.find(path).or(() -> changed).orElse(before.get())));
    }
}
