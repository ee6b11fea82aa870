package io.steward.agent.method.exec;

final class BuilderRunnerIT extends ProcessRunnerContract {
    @Override
    ProcessRunner open() {
        return new BuilderRunner();
    }
}
