package io.steward.agent.http;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.steward.agent.journal.Page;
import io.steward.agent.journal.Schedules.Kept;
import io.steward.agent.schedule.ScheduleBook;
import java.io.IOException;
import java.util.List;

/// Schedules: messages that are sent again and again. They are made by `POST /v1/messages`.
final class ScheduleRoutes {
    private static final int MOST = 1_000;

    private final ScheduleBook schedules;

    ScheduleRoutes(ScheduleBook schedules) {
        this.schedules = schedules;
    }

    List<Route> routes() {
        return List.of(
                Route.get(Role.VIEWER, "/v1/schedules", this::list, "after", "limit"),
                Route.get(Role.VIEWER, "/v1/schedules/{name}", this::show),
                Route.delete(Role.OPERATOR, "/v1/schedules/{name}", this::remove),
                Route.post(Role.OPERATOR, "/v1/schedules/{name}/pause", this::pause),
                Route.post(Role.OPERATOR, "/v1/schedules/{name}/resume", this::resume));
    }

    /// `GET /v1/schedules`: in the order of their names.
    private void list(Call call) throws IOException {
        Page<Kept> page =
                schedules.page(
                        call.query("after", String::valueOf).orElse(""),
                        call.number("limit", 100, MOST));
        ObjectNode json = Json.object();
        ArrayNode array = json.putArray("schedules");
        for (Kept kept : page.items()) {
            array.add(ScheduleViews.schedule(kept));
        }
        json.put("more", page.more());
        call.answer(200, json);
    }

    private void show(Call call) throws IOException {
        call.answer(200, ScheduleViews.schedule(known(call)));
    }

    /// `DELETE /v1/schedules/{name}`: what it has sent goes on.
    private void remove(Call call) throws IOException, InterruptedException {
        Kept kept = known(call);
        if (!schedules.remove(kept.name())) {
            throw unknown(kept.name());
        }
        call.answer(200, ScheduleViews.schedule(kept));
    }

    private void pause(Call call) throws IOException, InterruptedException {
        change(call, schedules.pause(known(call).name()), "active");
    }

    private void resume(Call call) throws IOException, InterruptedException {
        change(call, schedules.resume(known(call).name()), "paused");
    }

    private void change(Call call, boolean changed, String expected) throws IOException {
        Kept kept = known(call);
        if (!changed) {
            throw new Problem(
                    409,
                    "The schedule is not in that state",
                    "schedule %s is %s, expected: %s"
                            .formatted(kept.name(), ScheduleViews.state(kept), expected));
        }
        call.answer(200, ScheduleViews.schedule(kept));
    }

    private Kept known(Call call) {
        String name = call.path("name", String::valueOf);
        return schedules.find(name).orElseThrow(() -> unknown(name));
    }

    private static Problem unknown(String name) {
        return Problem.notFound(
                "There is no schedule \"%s\" here; \"steward schedule list\" lists those that there are"
                        .formatted(name));
    }
}
