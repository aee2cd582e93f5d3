namespace OrleansChat.GrainInterfaces;

/// <summary>
/// A password on its way to a grain. Orleans writes the arguments of calls into the messages of its exceptions, which are logged:
/// this argument shows nothing there.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.Secret")]
public sealed class Secret(string value)
{
    /// <summary>The password in clear text; never log it.</summary>
    [Id(0)] public string Value { get; } = value;

    /// <summary>A constant text without anything of the password.</summary>
    public override string ToString() => "(secret)";
}
