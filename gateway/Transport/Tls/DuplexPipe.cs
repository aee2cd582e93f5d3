using System.IO.Pipelines;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>Joins two pipes to a connection's transport.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
