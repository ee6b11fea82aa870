package io.steward.agent.fleet;

/// All of the fleet that others use.
public record Fleet(
        Roster roster,
        RollCall rollCall,
        Targeting targeting,
        RunBook runs,
        Broadcasts broadcasts) {}
