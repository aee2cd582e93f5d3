using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>The service's main purpose: messages to offline users, each acknowledged when it is durable.</summary>
internal sealed class SendScenario : IScenario
{
    private const int Recipients = 100;

    public string Name => "send";

    public string Summary => $"Sends to {Recipients} offline users, each connection a session of its own; durable when answered.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var database = await BenchDatabase.CreateAsync(options, Name, cancellationToken);
        var tokens = await database.AddSessionsAsync(options.Connections.Max(), cancellationToken);
        string[] recipients = [.. (await database.AddUsersAsync("recipient", Recipients, cancellationToken)).Select(user => user.Name)];
        await using var silo = await ServerProcess.StartSiloAsync(options, database.ConnectionString, cancellationToken);
        return await Cases.RunAsync(Name, options, silo.EndPoint, new CpuMeter([silo.Id], database.PostmasterId),
            (index, depth) => RequestRing.OfSends(tokens[index], recipients, first: index, depth), progress, cancellationToken);
    }
}
