/// What a campaign sends: messages made from a seed, given to the agents in every way there is, and
/// the ledger of what was given. Knows nothing of faults.
@NullMarked
package io.steward.campaign.load;

import org.jspecify.annotations.NullMarked;
