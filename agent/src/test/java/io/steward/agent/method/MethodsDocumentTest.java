package io.steward.agent.method;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.steward.agent.journal.Journal;
import io.steward.agent.journal.MemoryJournal;
import io.steward.agent.method.exec.ProcessRunner;
import io.steward.agent.secrets.SecretStore;
import io.steward.agent.settings.Settings.RunSettings;
import io.steward.agent.settings.Settings.SyslogSettings;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import javax.net.ssl.SSLSocketFactory;
import org.junit.jupiter.api.Test;

/// docs/methods.md says of every method what its spec says.
final class MethodsDocumentTest {
    private final String page = read();
    private final FakeKernel kernel = new FakeKernel();
    private final List<Method> all =
            List.of(
                    new ShellCommand(
                            unused(ProcessRunner.class),
                            settings(),
                            Map.of(),
                            new SecretStore(Path.of("nowhere"), Map.of())),
                    new TextLogging(),
                    new SyslogForwarding(
                            new SyslogSettings(null),
                            (SSLSocketFactory) SSLSocketFactory.getDefault()),
                    new Ping("1", Messages.NOW),
                    new Hello(unused(Journal.class), node -> {}),
                    new ErrorLog(),
                    new ProcessList(kernel),
                    ProcessChange.start(kernel),
                    ProcessChange.stop(kernel),
                    ProcessChange.restart(kernel),
                    new NoOperation(),
                    new Tag(
                            new NodeTags(
                                    new MemoryJournal(InstantSource.system()),
                                    null,
                                    List.of(),
                                    tags -> {})),
                    new Cancel((id, by) -> ""));

    private static String read() {
        try {
            return Files.readString(Path.of("..", "docs", "methods.md"));
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private static RunSettings settings() {
        Duration any = Duration.ofSeconds(1);
        return new RunSettings(any, 1, any, any, any, null, List.of());
    }

    private static <T> T unused(Class<T> type) {
        return type.cast(
                Proxy.newProxyInstance(
                        type.getClassLoader(),
                        new Class<?>[] {type},
                        (proxy, method, arguments) -> {
                            throw new UnsupportedOperationException(method.getName());
                        }));
    }

    @Test
    void everyMethodHasItsSectionWithAnExample() {
        for (MethodSpec spec : new Methods(all).specs()) {
            assertThat(page).contains("\n## " + spec.name() + "\n");
            if (!spec.equals(Methods.ACK)) {
                assertThat(page)
                        .contains(
                                "\"commandOrEvent\": \"%s\", \"method\": \"%s\""
                                        .formatted(spec.type(), spec.name()));
            }
        }
    }

    @Test
    void everyMethodHasItsRow() {
        for (MethodSpec spec : new Methods(all).specs()) {
            if (spec.equals(Methods.ACK)) {
                continue;
            }
            assertThat(page)
                    .contains(
                            "| [`%s`](#%s) | %s | `%s` | %s |"
                                    .formatted(
                                            spec.name(),
                                            spec.name(),
                                            spec.type(),
                                            spec.defaultDomain(),
                                            spec.arguments().isEmpty()
                                                    ? "none"
                                                    : "`" + spec.arguments() + "`"));
        }
    }

    @Test
    void noMethodIsMissingHere() {
        Set<String> classes =
                new ClassFileImporter()
                                .importPath(
                                        Path.of(
                                                "target", "classes", "io", "steward", "agent",
                                                "method"))
                                .stream()
                                .filter(type ->
                                        type.isAssignableTo(Method.class) && !type.isInterface())
                                .map(JavaClass::getSimpleName)
                                .collect(Collectors.toSet());
        assertThat(all.stream().map(method -> method.getClass().getSimpleName()))
                .containsAll(classes);
    }
}
