namespace OrleansChat.Gateway.Sessions.Push;

/// <summary>Where a client wants its stream to begin.</summary>
/// <param name="Epoch">The epoch that the numbers belong to; null where there are none.</param>
/// <param name="Logs">The numbers that the client holds, by log. A log that is not named begins at its end.</param>
/// <param name="Watched">The users whose presence it wants to hear of.</param>
internal sealed record StreamStart(string? Epoch, IReadOnlyDictionary<long, long> Logs, IReadOnlyCollection<string> Watched);
