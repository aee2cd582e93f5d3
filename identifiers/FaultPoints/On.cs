namespace OrleansChat.Identifiers;

/// <summary>What is broken in this process.</summary>
public static class FaultPoints
{
    /// <summary>The environment variable that names what is broken from the start.</summary>
    public const string Variable = "ORLEANSCHAT_BREAK";

    /// <summary>What is broken now, or null.</summary>
    public static FaultPoint? Broken { get; set; } =
        Environment.GetEnvironmentVariable(Variable) is { Length: > 0 } name ? Enum.Parse<FaultPoint>(name) : null;

    /// <summary>Whether this is broken.</summary>
    public static bool IsBroken(FaultPoint point) => Broken == point;
}
