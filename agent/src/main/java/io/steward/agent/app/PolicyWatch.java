package io.steward.agent.app;

import io.steward.agent.kernel.Incident;
import io.steward.agent.kernel.ProcessBody;
import io.steward.agent.kernel.ProcessContext;
import io.steward.agent.kernel.ProcessContext.Received;
import io.steward.agent.kernel.Severity;
import io.steward.agent.policy.PolicyFile;
import java.time.Duration;

/// Looks at the policy file every two seconds, and reports each problem with it once.
final class PolicyWatch implements ProcessBody<Void> {
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final PolicyFile file;
    private String told = "";

    PolicyWatch(PolicyFile file) {
        this.file = file;
    }

    @Override
    public void run(ProcessContext<Void> context) throws Exception {
        do {
            file.look();
            String problem = file.status().problem().orElse("");
            if (!problem.isEmpty() && !problem.equals(told)) {
                context.tell(
                        Severity.ERROR, "reading the policy " + file.path(), new Incident(problem));
            }
            told = problem;
        } while (!(context.receive(EVERY) instanceof Received.Stop));
    }
}
