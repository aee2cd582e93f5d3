namespace OrleansChat.Verification.Fuzzing;

/// <summary>An input for the protocol layer. <c>ToString</c> shows it as escaped text.</summary>
internal interface IFuzzInput
{
    /// <summary>Runs the input through the protocol layer, and compares the results with the oracles.</summary>
    /// <returns>The difference; null if there is none.</returns>
    string? Check(ProtocolSubject subject, FuzzCounts counts);

    /// <summary>The same input with parts cut out, the most promising cuts first.</summary>
    IEnumerable<IFuzzInput> Smaller();
}
