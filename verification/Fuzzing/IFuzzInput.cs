namespace OrleansChat.Verification.Fuzzing;

/// <summary>Something to give to the protocol layer. <c>ToString</c> shows it as escaped text.</summary>
internal interface IFuzzInput
{
    /// <summary>Gives it to the protocol layer, and holds what comes out against the oracles.</summary>
    /// <returns>The difference; null if there is none.</returns>
    string? Check(ProtocolSubject subject, FuzzCounts counts);

    /// <summary>The same input with something cut out of it, in the order in which they are worth a try.</summary>
    IEnumerable<IFuzzInput> Smaller();
}
