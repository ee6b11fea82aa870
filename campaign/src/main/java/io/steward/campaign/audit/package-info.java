/// Counts from outside what became of each message of the ledger: from the journals, the processed
/// logs, and what the messages did.
@NullMarked
package io.steward.campaign.audit;

import org.jspecify.annotations.NullMarked;
