package io.steward.agent;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.library.Architectures.LayeredArchitecture;
import org.junit.jupiter.api.Test;

/// Who may use whom, as ARCHITECTURE.md says.
class PackagesTest {
    private static final String ROOT = "io.steward.agent.";
    private static final JavaClasses AGENT =
            new ClassFileImporter()
                    .withImportOption(new ImportOption.DoNotIncludeTests())
                    .importPackages("io.steward.agent");

    private static final LayeredArchitecture LAYERS =
            layeredArchitecture()
                    .consideringOnlyDependenciesInAnyPackage("io.steward.agent..")
                    .layer("app")
                    .definedBy(ROOT + "app..")
                    .layer("http")
                    .definedBy(ROOT + "http..")
                    .layer("intake")
                    .definedBy(ROOT + "intake..")
                    .layer("outbox")
                    .definedBy(ROOT + "outbox..")
                    .layer("inbox")
                    .definedBy(ROOT + "inbox..")
                    .layer("fleet")
                    .definedBy(ROOT + "fleet..")
                    .layer("schedule")
                    .definedBy(ROOT + "schedule..")
                    .layer("target")
                    .definedBy(ROOT + "target..")
                    .layer("policy")
                    .definedBy(ROOT + "policy..")
                    .layer("audit")
                    .definedBy(ROOT + "audit..")
                    .layer("secrets")
                    .definedBy(ROOT + "secrets..")
                    .layer("method")
                    .definedBy(ROOT + "method..")
                    .layer("journal")
                    .definedBy(ROOT + "journal..")
                    .layer("broker")
                    .definedBy(ROOT + "broker..")
                    .layer("adoption")
                    .definedBy(ROOT + "adoption..")
                    .layer("identity")
                    .definedBy(ROOT + "identity..")
                    .layer("files")
                    .definedBy(ROOT + "files..")
                    .layer("kernel")
                    .definedBy(ROOT + "kernel..")
                    .layer("facts")
                    .definedBy(ROOT + "facts..")
                    .layer("settings")
                    .definedBy(ROOT + "settings..");

    @Test
    void aPackageUsesOnlyThoseBelowIt() {
        LAYERS.whereLayer("app")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("http")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("intake")
                .mayOnlyBeAccessedByLayers("app")
                .whereLayer("inbox")
                .mayOnlyBeAccessedByLayers("app", "http")
                .whereLayer("outbox")
                .mayOnlyBeAccessedByLayers("app", "http", "intake", "fleet", "inbox")
                .whereLayer("fleet")
                .mayOnlyBeAccessedByLayers("app", "http")
                .whereLayer("schedule")
                .mayOnlyBeAccessedByLayers("app", "http", "outbox")
                .whereLayer("target")
                .mayOnlyBeAccessedByLayers("app", "http", "fleet", "outbox", "inbox")
                .whereLayer("method")
                .mayOnlyBeAccessedByLayers("app", "http", "outbox", "inbox")
                .whereLayer("policy")
                .mayOnlyBeAccessedByLayers("app", "http", "inbox", "method")
                .whereLayer("secrets")
                .mayOnlyBeAccessedByLayers("app", "method")
                .whereLayer("audit")
                .mayOnlyBeAccessedByLayers("app", "http")
                .whereLayer("journal")
                .mayOnlyBeAccessedByLayers(
                        "app", "http", "audit", "fleet", "outbox", "inbox", "schedule", "method")
                .whereLayer("broker")
                .mayOnlyBeAccessedByLayers(
                        "app", "http", "adoption", "fleet", "outbox", "inbox", "method")
                .whereLayer("adoption")
                .mayOnlyBeAccessedByLayers("app", "http")
                .whereLayer("identity")
                .mayOnlyBeAccessedByLayers(
                        "app", "http", "adoption", "broker", "fleet", "inbox", "outbox")
                .whereLayer("kernel")
                .mayOnlyBeAccessedByLayers(
                        "app",
                        "http",
                        "intake",
                        "fleet",
                        "outbox",
                        "inbox",
                        "schedule",
                        "method",
                        "journal",
                        "broker",
                        "adoption")
                .whereLayer("facts")
                .mayOnlyBeAccessedByLayers("app", "http", "fleet")
                .check(AGENT);
    }

    @Test
    void thePackagesHaveNoCycles() {
        slices().matching(ROOT + "(*)..").should().beFreeOfCycles().check(AGENT);
    }

    @Test
    void aThirdPartysApiStaysBehindOnePackage() {
        noClasses()
                .that()
                .resideOutsideOfPackages(ROOT + "broker..", ROOT + "identity..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("io.nats..")
                .check(AGENT);
        only("journal", "java.sql..", "org.sqlite..").check(AGENT);
        only("http", "io.avaje.jex..", "com.sun.net.httpserver..").check(AGENT);
        only("kernel", "com.softwaremill.jox..").check(AGENT);
    }

    @Test
    void onlyExecAndTheEmbeddedBrokerStartProcesses() {
        noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + "method.exec..")
                .and()
                .doNotHaveSimpleName("EmbeddedNats")
                .should()
                .dependOnClassesThat()
                .haveFullyQualifiedName("java.lang.ProcessBuilder")
                .check(AGENT);
    }

    @Test
    void theKernelKnowsNothingOfSteward() {
        classes()
                .that()
                .resideInAPackage(ROOT + "kernel..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "kernel..",
                        "java..",
                        "com.softwaremill.jox..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(AGENT);
    }

    @Test
    void theFactsKnowNothingOfSteward() {
        classes()
                .that()
                .resideInAPackage(ROOT + "facts..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "facts..",
                        "java..",
                        "com.fasterxml.jackson..",
                        "org.slf4j..",
                        "org.jspecify..")
                .check(AGENT);
    }

    @Test
    void targetsKnowOnlyTheVocabularyOfMessages() {
        classes()
                .that()
                .resideInAPackage(ROOT + "target..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "target..", "io.steward.messages..", "java..", "org.jspecify..")
                .check(AGENT);
    }

    @Test
    void thePolicyKnowsOnlyTheVocabularyOfMessagesAndTheSettings() {
        classes()
                .that()
                .resideInAPackage(ROOT + "policy..")
                .should()
                .onlyDependOnClassesThat()
                .resideInAnyPackage(
                        ROOT + "policy..",
                        ROOT + "settings..",
                        ROOT + "files..",
                        "io.steward.messages..",
                        "java..",
                        "com.fasterxml.jackson..",
                        "org.jspecify..")
                .check(AGENT);
    }

    @Test
    void theseRulesCanFail() {
        assertThatThrownBy(() -> only("app", "io.nats..").check(AGENT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("io.nats");
        assertThatThrownBy(() ->
                        LAYERS.whereLayer("journal").mayNotBeAccessedByAnyLayer().check(AGENT))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("journal");
    }

    private static ArchRule only(String ours, String... theirs) {
        return noClasses()
                .that()
                .resideOutsideOfPackage(ROOT + ours + "..")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(theirs);
    }
}
