using System.IO.Pipelines;

namespace OrleansChat.Gateway.Transport.Tls;

/// <summary>Two pipes as a connection's transport.</summary>
internal sealed record DuplexPipe(PipeReader Input, PipeWriter Output) : IDuplexPipe;
