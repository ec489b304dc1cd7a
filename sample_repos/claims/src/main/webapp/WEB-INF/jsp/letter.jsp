<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<% if (request.getAttribute("letter") != null) { %>
<pre><%= Utils.html((String) request.getAttribute("letter")) %></pre>
<% } %>
<p><a href="<%= ctx %>/claim?id=<%= request.getAttribute("claimId") %>">Back to the claim</a></p>
<form action="<%= ctx %>/claimClose.do">
<input type="hidden" name="id" value="<%= request.getAttribute("claimId") %>">
Reason <input name="reason"> <button name="what" value="reject">Reject</button> <button name="what" value="reopen">Reopen</button>
</form>
<%@ include file="foot.jsp" %>
