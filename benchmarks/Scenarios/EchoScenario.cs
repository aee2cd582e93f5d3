using OrleansChat.Bench.Load;
using OrleansChat.Bench.Measuring;
using OrleansChat.Bench.Servers;

namespace OrleansChat.Bench.Scenarios;

/// <summary>The upper limit: the requests and replies of a send, with nothing in between.</summary>
internal sealed class EchoScenario : IScenario
{
    public string Name => "echo";

    public string Summary => "The same lines to a server that only answers: the upper limit that the socket allows.";

    public async Task<IReadOnlyList<Result>> RunAsync(BenchOptions options, Action<string> progress, CancellationToken cancellationToken)
    {
        await using var server = await EchoServer.StartAsync(cancellationToken);
        var token = Guid.Empty.ToString();
        return await Cases.RunAsync(Name, options, server.EndPoint, new CpuMeter([server.Id], null),
            (_, depth) => RequestRing.OfSends(token, [BenchUser.NameOf("recipient", 0)], first: 0, depth), progress, cancellationToken);
    }
}
