<%@ page contentType="text/html; charset=UTF-8" %>
<%@ include file="head.jsp" %>
<pre><%= Utils.html((String) request.getAttribute("text")) %></pre>
<button onclick="window.print()">Print</button>
<%@ include file="foot.jsp" %>
