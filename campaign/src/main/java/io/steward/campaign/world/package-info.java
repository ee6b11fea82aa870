/// What a campaign plays with: nats-servers, agents, links and disks, each a real one that can be
/// killed, stopped, cut off or filled. Knows nothing of what is counted.
@NullMarked
package io.steward.campaign.world;

import org.jspecify.annotations.NullMarked;
