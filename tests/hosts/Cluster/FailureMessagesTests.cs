using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using Orleans.Serialization;
using OrleansChat.GrainInterfaces;
using OrleansChat.Storage.Postgres;

namespace OrleansChat.Hosts.Tests.Cluster;

/// <summary>What a process is told of a failure in another one.</summary>
public sealed class FailureMessagesTests
{
    [Theory]
    [MemberData(nameof(Failures))]
    public void The_message_of_a_failure_arrives(Exception failure)
    {
        using var services = new ServiceCollection().AddSerializer().AddFailureMessages().BuildServiceProvider();
        var serializer = services.GetRequiredService<Serializer<Exception>>();

        var arrived = serializer.Deserialize(serializer.SerializeToArray(failure));

        Assert.IsType(failure.GetType(), arrived);
        Assert.Contains("it was away", arrived!.Message, StringComparison.Ordinal);
    }

    public static TheoryData<Exception> Failures => new(
        new StorageUnavailableException("it was away", new NpgsqlException("no answer")), new NpgsqlException("it was away"),
        new PostgresException("it was away", "FATAL", "FATAL", "57P03"));
}
