package io.steward.agent.broker;

import io.nats.client.JetStreamApiException;
import io.nats.client.RequestFailureException;
import io.nats.client.RequestFailureReason;
import io.steward.agent.broker.BrokerException.Kind;
import java.io.IOException;
import java.util.Locale;

/// What the broker's errors mean. The numbers are JetStream's `err_code` (nats-server,
/// server/errors.json).
final class Refusals {
    static final int STREAM_NOT_FOUND = 10059;
    static final int CONSUMER_NOT_FOUND = 10014;
    static final int MESSAGE_NOT_FOUND = 10037;
    static final int STREAM_NAME_IN_USE = 10058;
    static final int CONSUMER_EXISTS = 10148;
    static final int WRONG_LAST_SEQUENCE = 10071;
    private static final int STORE_FAILED = 10077;
    private static final int MESSAGE_TOO_LARGE = 10054;
    private static final int ACCOUNT_RESOURCES = 10002;
    private static final int INSUFFICIENT_RESOURCES = 10023;
    private static final int MEMORY_RESOURCES = 10028;
    private static final int STORAGE_RESOURCES = 10047;

    private Refusals() {}

    /// Of an answer to a publish.
    static PublishException ofPublish(String subject, JetStreamApiException e) {
        String said = e.getErrorDescription() + " [" + e.getApiErrorCode() + "]";
        return switch (e.getApiErrorCode()) {
            case STORE_FAILED ->
                    e.getErrorDescription().toLowerCase(Locale.ROOT).startsWith("maximum ")
                            ? refused(
                                    PublishException.Kind.MAILBOX_FULL,
                                    subject + ": the mailbox is full: " + said,
                                    e)
                            : storage(subject, said, e);
            case ACCOUNT_RESOURCES, INSUFFICIENT_RESOURCES, MEMORY_RESOURCES, STORAGE_RESOURCES ->
                    storage(subject, said, e);
            case MESSAGE_TOO_LARGE ->
                    refused(
                            PublishException.Kind.TOO_LARGE,
                            subject + ": the mailbox does not take messages of this size: " + said,
                            e);
            default -> refused(PublishException.Kind.OTHER, subject + ": " + said, e);
        };
    }

    private static PublishException storage(String subject, String said, Exception e) {
        return refused(
                PublishException.Kind.STORAGE,
                subject + ": the broker cannot store it, see its disk and its limits: " + said,
                e);
    }

    private static PublishException refused(
            PublishException.Kind kind, String message, Exception e) {
        return new PublishException(kind, message, e);
    }

    /// Of a request to JetStream.
    ///
    /// @param doing what was asked, for the message: "making the mailbox of ship1"
    static BrokerException of(String doing, Exception e) {
        if (e instanceof JetStreamApiException api) {
            String said = api.getErrorDescription() + " [" + api.getApiErrorCode() + "]";
            Kind kind =
                    switch (api.getApiErrorCode()) {
                        case STREAM_NOT_FOUND, CONSUMER_NOT_FOUND, MESSAGE_NOT_FOUND ->
                                Kind.MISSING;
                        case STREAM_NAME_IN_USE, CONSUMER_EXISTS -> Kind.DIFFERS;
                        default -> api.getErrorCode() == 503 ? Kind.UNREACHABLE : Kind.OTHER;
                    };
            return new BrokerException(kind, doing + ": the broker says: " + said, e);
        }
        if (e instanceof RequestFailureException failure) {
            if (failure.getReason() == RequestFailureReason.SERVER_ERROR) {
                return new BrokerException(
                        Kind.DENIED,
                        doing + ": the broker does not permit it: " + failure.getLastError(),
                        e);
            }
            String why =
                    failure.getReason() == RequestFailureReason.NO_RESPONDERS
                            ? "JetStream does not answer: is it enabled for this account and"
                                    + " domain?"
                            : "no answer: " + failure.getReason();
            return new BrokerException(Kind.UNREACHABLE, doing + ": " + why, e);
        }
        if (e instanceof IOException || e instanceof IllegalStateException) {
            return new BrokerException(Kind.UNREACHABLE, doing + ": " + e.getMessage(), e);
        }
        return new BrokerException(Kind.OTHER, doing + ": " + e, e);
    }
}
