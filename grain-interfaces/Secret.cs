namespace OrleansChat.GrainInterfaces;

/// <summary>
/// A password on its way to a grain. Orleans writes a call's arguments into the messages of its exceptions, which are
/// logged: this one shows nothing there.
/// </summary>
[GenerateSerializer, Immutable, Alias("OrleansChat.Secret")]
public sealed class Secret(string value)
{
    /// <summary>What must not be shown.</summary>
    [Id(0)] public string Value { get; } = value;

    /// <summary>Nothing of the secret.</summary>
    public override string ToString() => "(secret)";
}
