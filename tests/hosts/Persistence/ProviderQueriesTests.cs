using System.Reflection;
using System.Text.RegularExpressions;
using Orleans.Configuration;
using Orleans.Storage;
using OrleansChat.Storage.Schema;

namespace OrleansChat.Hosts.Tests.Persistence;

/// <summary>The statements that Orleans's packages ask for are those that the migrations have.</summary>
public sealed partial class ProviderQueriesTests
{
    [Fact]
    public void The_migrations_have_each_statement_that_the_packages_ask_for_and_no_other()
    {
        var storage = KeyPattern().Matches(AdoNetGrainStorage.DefaultInitializationQuery).Select(match => match.Groups[1].Value);
        // It has a property for each statement, and refuses a table in which one is missing.
        var clustering = typeof(AdoNetClusteringSiloOptions).Assembly
            .GetType("Orleans.Clustering.AdoNet.Storage.DbStoredQueries", throwOnError: true)!
            .GetProperties(BindingFlags.Instance | BindingFlags.NonPublic).Select(property => property.Name);

        Assert.Equal(storage.Concat(clustering).Order(), OrleansStatements.OfThisProgram.Texts.Keys.Order());
    }

    [GeneratedRegex("QueryKey = '([A-Za-z]+)'")]
    private static partial Regex KeyPattern();
}
