package io.steward.agent.app;

import io.steward.agent.identity.Members;
import io.steward.agent.policy.Sender;
import io.steward.agent.policy.Senders;
import io.steward.messages.NodeName;
import java.io.IOException;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What the members of a fleet are, by what its account has signed: nobody gives himself a tag.
final class MembersAsSenders implements Senders {
    private static final Logger log = LoggerFactory.getLogger(MembersAsSenders.class);

    private final Members members;

    MembersAsSenders(Members members) {
        this.members = members;
    }

    @Override
    public Sender find(NodeName name) throws InterruptedException {
        try {
            return members.find(name)
                    .map(member ->
                            new Sender(name, true, member.cloud(), Set.copyOf(member.tags())))
                    .orElseGet(() -> Sender.unknown(name));
        } catch (IOException e) {
            log.warn("what {} is in the fleet cannot be known now: {}", name, e.getMessage());
            return Sender.unknown(name);
        }
    }
}
