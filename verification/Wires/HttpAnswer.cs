namespace OrleansChat.Verification.Wires;

/// <summary>A complete answer of HTTP.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers, by names in lower case.</param>
/// <param name="Body">The body; empty for none.</param>
internal sealed record HttpAnswer(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Whether the server closes the connection after it.</summary>
    public bool Closes => Headers.GetValueOrDefault("connection") is "close";
}

/// <summary>An answer has a form that is not allowed.</summary>
internal sealed class AnswerFormException : Exception
{
    public AnswerFormException() { }
    public AnswerFormException(string message) : base(message) { }
    public AnswerFormException(string message, Exception innerException) : base(message, innerException) { }
}
